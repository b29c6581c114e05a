"""What a hosted installation is told by its environment, and what is missing or unsafe in it."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from reattune.web.installation.database_settings import VARIABLE as DATABASE
from reattune.web.installation.database_settings import BadAddress, database

HOSTED = "REATTUNE_HOSTED"
_HOST_NAME = re.compile(r"\.?(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")
_LEAST_LABELS = 2
_SHORTEST_KEY, _FEWEST_KEY_BITS = 40, 120.0
_YES, _NO = {"yes", "true", "1", "on"}, {"no", "false", "0", "off", ""}

T = TypeVar("T")


class BadEnvironment(ValueError):
    """The environment cannot be used; ``findings`` has a sentence for each thing that is missing or unsafe."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = findings


@dataclass(frozen=True)
class Hosting:
    """How a hosted installation runs.

    Attributes:
        hosts: the names it answers to, without ports; a leading dot takes in the names below.
        secret: signs what the server hands out and takes back; the same in every process. It opens no journal.
        bind: where it listens for the proxy: ``host:port`` or ``unix:/a/path``.
        proxies: how many proxies stand in front, each adding to ``X-Forwarded-For``.
        processes, threads: how many requests it answers at a time is their product.
        begin: whether anyone who reaches it may begin a journal.
        write_first: whether one may write before choosing a passphrase; it needs ``begin`` too.
        idle_minutes: an open journal locks itself after so many minutes without a page.
        journal_megabytes: to how much files may bring one journal; every page opens all of it.
        sentence_minutes: a process lets the sentence model go after so many minutes without use; 0: it is not used.
    """

    hosts: tuple[str, ...]
    secret: str
    bind: str = "127.0.0.1:8321"
    proxies: int = 1
    processes: int = 2
    threads: int = 4
    begin: bool = True
    write_first: bool = True
    idle_minutes: int = 15
    sentence_minutes: int = 15
    journal_megabytes: int = 25


def wanted(environment: Mapping[str, str]) -> bool:
    """Whether the environment asks for hosted use."""
    return environment.get(HOSTED, "").strip().lower() in _YES


def hosting(environment: Mapping[str, str]) -> Hosting:
    """The settings of a hosted installation.

    Raises:
        BadEnvironment: something is missing or unsafe; it names all of it at once.
    """
    findings: list[str] = []

    def read(reading: Callable[[Mapping[str, str]], T], instead: T) -> T:
        try:
            return reading(environment)
        except ValueError as error:
            findings.append(str(error))
            return instead

    read(_database, None)
    found = Hosting(
        hosts=read(_hosts, ()),
        secret=read(_secret, ""),
        bind=environment.get("REATTUNE_BIND", "").strip() or Hosting.bind,
        proxies=read(_number("REATTUNE_PROXIES", Hosting.proxies, 1, 5), 1),
        processes=read(_number("REATTUNE_PROCESSES", Hosting.processes, 1, 256), 1),
        threads=read(_number("REATTUNE_THREADS", Hosting.threads, 1, 64), 1),
        begin=read(_yes_or_no("REATTUNE_BEGIN"), True),
        write_first=read(_yes_or_no("REATTUNE_WRITE_FIRST"), True),
        idle_minutes=read(_number("REATTUNE_IDLE_MINUTES", Hosting.idle_minutes, 1, 120), 15),
        sentence_minutes=read(_number("REATTUNE_SENTENCE_MINUTES", Hosting.sentence_minutes, 0, 1440), 15),
        journal_megabytes=read(_number("REATTUNE_JOURNAL_MB", Hosting.journal_megabytes, 2, 10_000), 25),
    )
    if findings:
        raise BadEnvironment(findings)
    return found


def _database(environment: Mapping[str, str]) -> None:
    address = environment.get(DATABASE, "")
    if not address:
        raise BadAddress(
            f"{DATABASE} is missing: hosted journals lie in PostgreSQL. postgresql://user:password@host/name"
        )
    settings = database(Path(), address)
    host = str(settings["HOST"])
    near = not host or host.startswith("/") or host in {"localhost", "127.0.0.1", "::1"}
    if not near and settings["OPTIONS"].get("sslmode") != "verify-full":
        raise BadAddress(
            f"{DATABASE} names a database on another machine, and nothing makes sure that it is that one, encrypted on "
            "the way. Add ?sslmode=verify-full&sslrootcert=FILE to it, with the certificate of whoever vouches for it."
        )


def _hosts(environment: Mapping[str, str]) -> tuple[str, ...]:
    given = environment.get("REATTUNE_HOSTS", "").lower().replace(",", " ").split()
    if not given:
        raise ValueError("REATTUNE_HOSTS is missing: the names people reach it by, such as notes.example.org.")
    if any("*" in each for each in given):
        raise ValueError("REATTUNE_HOSTS has a *: then any name would be believed. Name each one.")
    wrong = next((each for each in given if not _HOST_NAME.fullmatch(each)), None)
    if wrong:
        raise ValueError(f"REATTUNE_HOSTS: {wrong!r} is not a name. Write it without https://, port or path.")
    wide = next((each for each in given if each.startswith(".") and each.count(".") < _LEAST_LABELS), None)
    if wide:
        raise ValueError(
            f"REATTUNE_HOSTS: {wide!r} would believe the names of everybody. After the dot, name your own domain: "
            ".notes.example.org."
        )
    return tuple(given)


def _secret(environment: Mapping[str, str]) -> str:
    where, words = "REATTUNE_SECRET", environment.get("REATTUNE_SECRET", "").strip()
    path = environment.get("REATTUNE_SECRET_FILE", "").strip()
    if path:
        where = "REATTUNE_SECRET_FILE"
        try:
            words = Path(path).read_text("utf-8").strip()
        except (OSError, ValueError) as error:
            raise ValueError(f"{where}: the file cannot be read.") from error
    make = 'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
    if not words:
        raise ValueError(f"REATTUNE_SECRET (or REATTUNE_SECRET_FILE) is missing. {make}")
    if len(words) < _SHORTEST_KEY or _bits(words) < _FEWEST_KEY_BITS:
        raise ValueError(f"{where} is too short or too regular to be a secret. {make}")
    return words


def _bits(words: str) -> float:
    counts = Counter(words).values()
    return -sum(count * math.log2(count / len(words)) for count in counts)


def _number(name: str, usual: int, least: int, most: int) -> Callable[[Mapping[str, str]], int]:
    def read(environment: Mapping[str, str]) -> int:
        given = environment.get(name, "").strip() or str(usual)
        if not given.isascii() or not given.isdigit() or not least <= int(given) <= most:
            raise ValueError(f"{name} is {given!r}; it is a whole number from {least} to {most}.")
        return int(given)

    return read


def _yes_or_no(variable: str) -> Callable[[Mapping[str, str]], bool]:
    def read(environment: Mapping[str, str]) -> bool:
        given = environment.get(variable, "yes").strip().lower()
        if given not in _YES | _NO:
            raise ValueError(f"{variable} is {given!r}; it is yes or no.")
        return given in _YES

    return read
