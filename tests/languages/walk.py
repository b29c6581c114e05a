"""Every screen of a language, and the words on it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from django.test import Client

from tests.web.page_walker import Node, Page, read

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
PER_PATTERN = 3
FRONT = ("/", "/begin/", "/unlock/", "/unlock/recovery/", "/help/", "/help/?region=GB", "/help/?region=AF",
         "/help/?region=XX", "/measures/", "/no-such-page/")  # fmt: skip
OWN = ("/today/", "/so-far/", "/settings/", "/settings/passphrase/", "/settings/file/", "/settings/file/off/",
       "/settings/questions/", "/settings/calendar/", "/settings/away/", "/settings/person/", "/going/", "/held/",
       "/next/", "/next/one/", "/places/", "/places/?region=US", "/read/", "/ways/", "/thread/", "/begin/recovery/",
       "/check/", "/note/", "/with/", "/again/", "/held-true/", "/try/", "/soon/",
    "/out/", "/out/of/before_session/", "/out/of/bond/", "/out/of/unsaid/", "/arrived/",
)  # fmt: skip
# What a reader hears or sees though it is no text between tags.
# What a script reads and never shows, though it has spaces.
_CODES = ("data-purpose", "data-found")
_SPOKEN = ("aria-label", "title", "alt", "placeholder")


def of_example(client: Client) -> Iterator[Page]:
    """Wherever links lead from the example's first page, a few for each kind of address, and what buttons lead to."""
    start = "/example/today/"
    waiting, seen, patterns = [start], {start}, Counter[str]()
    while waiting:
        page = _page(client, waiting.pop(0))
        if page is None:
            continue
        yield page
        addresses = [each.attributes.get("href", "").partition("#")[0] for each in page.root.all("a")]
        for address in [*addresses, *_beyond(page.address)]:
            pattern = ID.sub("*", address)
            if address.startswith("/example/") and address not in seen and patterns[pattern] < PER_PATTERN:
                patterns[pattern] += 1
                seen.add(address)
                waiting.append(address)


def _beyond(address: str) -> list[str]:
    """Screens that are reached by a button rather than a link."""
    parts = {
        "/note/": ("meaning/", "did/", "back/me/", "back/before/", "back/then/", "back/words/", "change/"),
        "/words/": ("felt/", "made/", "need/", "fear/", "how/", "aloud/read/", "aloud/answers/", "aloud/ready/"),
        "/thread/": ("talk/",),
        "/going/": ("few/", "until/", "well/", "safe/"),
    }
    found = ID.search(address)
    if found is None:
        return []
    return [f"{address[: found.end()]}/{step}" for part, steps in parts.items() if part in address for step in steps]


def of_addresses(client: Client, addresses: tuple[str, ...]) -> Iterator[Page]:
    """These pages, and what their forms say when they are sent empty."""
    for address in addresses:
        page = _page(client, address)
        if page is None:
            continue
        yield page
        if page.root.all("form") and not address.startswith(("/begin/recovery", "/measures")):
            answer = client.post(address.partition("?")[0], {"none": "of its fields"})
            if answer.status_code in (200, 400) and "html" in answer.headers["Content-Type"]:
                yield read(f"{address} sent empty", answer.content.decode())


def _page(client: Client, address: str) -> Page | None:
    answer = client.get(address)
    if answer.status_code not in (200, 404) or "html" not in answer.headers.get("Content-Type", ""):
        return None
    return read(address, answer.content.decode())


def said(page: Page) -> list[str]:
    """Everything a person can read or hear on a page, but for what is in no language and what says its own."""
    return [" ".join(text.split()) for text in _said(page.root) if text.strip()]


def _said(node: Node) -> Iterator[str]:
    own = node.attributes.get("translate") == "no" or ("lang" in node.attributes and node.tag != "html")
    if own or node.tag in ("script", "style"):
        return
    for name, value in node.attributes.items():
        # What a script is going to say is a sentence; what it only reads has no spaces.
        if value and (name in _SPOKEN or (name.startswith("data-") and name not in _CODES and " " in value)):
            yield value
    if node.tag == "meta" and node.attributes.get("name") == "description":
        yield node.attributes["content"]
    for child in node.children:
        if isinstance(child, str):
            yield child
        else:
            yield from _said(child)
