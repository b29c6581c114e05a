"""A page as somebody sees it: its text, and all that can be touched on it. Knows no page of ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"input", "br", "meta", "link", "img", "hr", "rect", "path", "circle", "line", "text", "polyline"}


@dataclass
class Node:
    """An element, its attributes, and what is in it."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node | str] = field(default_factory=list)
    parent: Node | None = None

    def walk(self) -> Iterator[Node]:
        """Itself and every element in it."""
        yield self
        for child in self.children:
            if isinstance(child, Node):
                yield from child.walk()

    def all(self, *tags: str) -> list[Node]:
        """Every element of these kinds in it."""
        return [each for each in self.walk() if each.tag in tags]

    @property
    def text(self) -> str:
        """What it reads, with single spaces."""
        return " ".join("".join(_texts(self)).split())

    def above(self, *tags: str) -> Node | None:
        """The nearest element of these kinds that it stands in."""
        node = self.parent
        while node is not None and node.tag not in tags:
            node = node.parent
        return node


def _texts(node: Node) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        elif child.tag not in ("script", "style"):
            yield " "
            yield from _texts(child)
            yield " "


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.root = self.here = Node("root")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, parent=self.here)
        self.here.children.append(node)
        if tag not in _VOID:
            self.here = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.here.children.append(Node(tag, {name: value or "" for name, value in attrs}, parent=self.here))

    def handle_endtag(self, tag: str) -> None:
        node: Node | None = self.here
        while node is not None and node.tag != tag:
            node = node.parent
        if node is not None and node.parent is not None:
            self.here = node.parent

    def handle_data(self, data: str) -> None:
        self.here.children.append(data)


@dataclass(frozen=True)
class Button:
    """One way to send a form: where to, what it carries, what stands on it."""

    address: str
    fields: tuple[tuple[str, str], ...]
    label: str
    node: Node = field(compare=False)
    secret: bool = False


@dataclass(frozen=True)
class Page:
    """What came back from an address."""

    address: str
    html: str
    root: Node

    @property
    def main(self) -> Node:
        """What the page is about, without menus."""
        return next(iter(self.root.all("main")), self.root)

    @property
    def heading(self) -> str:
        """Its first heading."""
        return next((each.text for each in self.root.all("h1")), "")

    def links(self) -> list[tuple[str, Node]]:
        """Every address within the app that its content leads to."""
        found = ((each.attributes.get("href", ""), each) for each in self.main.all("a"))
        return [(address.split("#")[0], node) for address, node in found if address.startswith("/")]

    def buttons(self) -> list[Button]:
        """Every way to send one of its forms, filled in as somebody might."""
        return [button for form in self.main.all("form") for button in _of_form(form, self.address)]

    def without(self, kind: str) -> str:
        """Its text without the elements that have this id."""
        return " ".join("".join(_texts_but(self.main, kind)).split())


def _texts_but(node: Node, kind: str) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, str):
            yield child
        elif child.attributes.get("id") != kind:
            yield " "
            yield from _texts_but(child, kind)


def read(address: str, html: str) -> Page:
    """The page in ``html``."""
    reader = _Reader()
    reader.feed(html)
    return Page(address, html, reader.root)


def _of_form(form: Node, page: str) -> Iterator[Button]:
    if form.attributes.get("method", "get").lower() != "post":
        return
    fields: list[tuple[str, str]] = []
    secret = False
    radios: dict[str, tuple[str, bool]] = {}
    for each in form.all("input", "textarea", "select"):
        name, kind = each.attributes.get("name", ""), each.attributes.get("type", "text")
        if not name or name == "csrfmiddlewaretoken":
            continue
        if each.tag == "textarea":
            words = "".join(child for child in each.children if isinstance(child, str)).strip()
            fields.append((name, words or "Words that were written on the way."))
        elif each.tag == "select":
            options = each.all("option")
            chosen = next((one for one in options if "selected" in one.attributes), options[0] if options else None)
            fields.append((name, chosen.attributes.get("value", "") if chosen else ""))
        elif kind == "password":
            secret = True
        elif kind == "radio":
            value, checked = each.attributes.get("value", ""), "checked" in each.attributes
            if name not in radios or checked:
                radios[name] = (value, checked)
        elif kind == "checkbox":
            if "checked" in each.attributes:
                fields.append((name, each.attributes.get("value", "on")))
        elif kind == "file":
            secret = True
        elif kind != "submit":
            value = each.attributes.get("value", "")
            fields.append((name, value or ("2" if kind == "number" else "" if kind == "hidden" else "Anna")))
    fields += [(name, value) for name, (value, _checked) in radios.items()]
    address = form.attributes.get("action") or page
    for button in form.all("button"):
        if button.attributes.get("type", "submit") != "submit":
            continue
        name = button.attributes.get("name", "")
        pressed = [(name, button.attributes.get("value", ""))] if name else []
        yield Button(address, tuple(fields + pressed), button.text, button, secret)
