"""Languages that nobody speaks, made from the English words: accented and forty per cent longer. Never kept.

On a page in one of them, a plain English word is one that no translation reaches, and what overflows would overflow in
German. One is written from left to right, one from right to left.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import tomlkit
from babel.messages.plurals import get_plural
from django.utils import translation
from django.utils.dates import MONTHS, MONTHS_3, MONTHS_AP, WEEKDAYS, WEEKDAYS_ABBR

from reattune import content
from reattune.content import translated_sentences
from scripts.languages import catalogues, prose

# Codes that Django knows and we do not offer, so that its own words for days and formats are there to be replaced.
LEFT_TO_RIGHT, RIGHT_TO_LEFT = "eo", "fa"
CODES = (LEFT_TO_RIGHT, RIGHT_TO_LEFT)
_ACCENTS = str.maketrans("aeiouyAEIOUY", "àéîöûýÀÉÎÖÛÝ")
# What is filled in and what is no word: placeholders, tags, entities, escapes of addresses.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%%|\{\{?\s*[\w.|:]*\s*\}?\}|<[^>]+>|&\w+;|https?://\S+|\b[\w-]+(?:\.[a-z]{2,})+\b)")
_FILLING = " ŵöŕđş ţhàţ ƒîłł à łîţţłé ɱöŕé"
_LONGER = 0.4


def pseudo(text: str) -> str:
    """The same text accented and longer; what is filled in stays."""
    parts = _KEPT.split(text)
    accented = "".join(part if number % 2 else part.translate(_ACCENTS) for number, part in enumerate(parts))
    more = round(_LONGER * len(text))
    filling = (_FILLING * (more // len(_FILLING) + 1))[:more] if more >= 3 else ""
    end = re.search(r"[\s.:?…,]*$", accented)
    place = end.start() if end else len(accented)
    return accented[:place] + filling.rstrip() + accented[place:]


def _pseudo_of(words: Any) -> Any:
    return [pseudo(each) for each in words] if isinstance(words, list) else pseudo(words)


def make(folder: Path) -> None:
    """Write both languages to a folder: catalogues under ``locale``, prose under ``content``."""
    for code in CODES:
        make_prose(folder, code)
    make_catalogues(folder)


def make_catalogues(folder: Path) -> None:
    """The sentences of both; Django has to be set up."""
    every = catalogues.sentences()
    for code in CODES:
        catalogue = catalogues.updated(code, every)
        for each in every:
            message = catalogue.get(each.one, each.about or None)
            assert message is not None
            forms = catalogues.forms_of(code)
            last = pseudo(each.many)
            message.string = (pseudo(each.one), *[last] * (forms - 1)) if each.many else pseudo(each.one)
            if each.many and forms == 1:
                message.string = (last,)
        for about, names in ((None, MONTHS), (None, MONTHS_3), ("abbrev. month", MONTHS_AP), (None, WEEKDAYS),
                             (None, WEEKDAYS_ABBR)):  # fmt: skip
            with translation.override("en"):
                english = [str(name) for name in names.values()]
            for name in english:
                catalogue.add(name, name.translate(_ACCENTS), context=about)
        path = folder / "locale" / code / "LC_MESSAGES" / "django.po"
        path.parent.mkdir(parents=True)
        path.write_text(catalogues.as_text(catalogue, code), "utf-8")
        path.with_suffix(".mo").write_bytes(catalogues.compiled(path.read_text("utf-8"), code))
        assert get_plural(code)


def make_prose(whole: Path, code: str) -> None:
    """The prose of one."""
    folder = whole / "content" / code
    folder.mkdir(parents=True)
    for file in prose.english_files():
        document = tomlkit.parse((prose.CONTENT / "en" / f"{file}.toml").read_text("utf-8"))
        for unit in prose.units(file):
            *way, last = unit.address.split(prose.BETWEEN)
            part: Any = document
            for name in way:
                part = part[int(name) if isinstance(part, list) else name]
            words = unit.words if unit.free else _pseudo_of(unit.words)
            part[int(last) if isinstance(part, list) else last] = words
        (folder / f"{file}.toml").write_text(tomlkit.dumps(document), "utf-8")
    manner = (prose.CONTENT / "en" / "language.toml").read_text("utf-8")
    forms = '\n[speaking_to]\nfamiliar = "ŧû"\nformal = "ŷöû"\ndefault = "formal"\n'
    (folder / "language.toml").write_text(manner.replace('name = "English"', 'name = "Ƥšéûđö"') + forms, "utf-8")


def use(folder: Path, settings: Any, patch: Callable[[Any, str, Any], None]) -> None:
    """Offer both beside English, in this process: settings, prose and sentences of the lower rooms.

    Args:
        patch: puts a value in the place of an attribute, as ``monkeypatch.setattr`` does.
    """
    own_folder, own_catalogue = content.folder_of, translated_sentences.catalogue.__wrapped__
    patch(content, "folder_of", lambda code: folder / "content" / code if code in CODES else own_folder(code))

    def catalogue(code: str) -> Any:
        import gettext

        if code in CODES:
            return gettext.translation(translated_sentences.DOMAIN, folder / "locale", [code])
        return own_catalogue(code)

    patch(translated_sentences, "catalogue", catalogue)
    settings.LANGUAGES = [*settings.LANGUAGES, *((code, code) for code in CODES)]
    settings.LOCALE_PATHS = [folder / "locale", *settings.LOCALE_PATHS]
