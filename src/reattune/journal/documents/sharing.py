"""What the person let somebody see: a copy of that moment, with whom, how, and what became of it."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from reattune.journal.document_base import Document, Line, Part, Utc, Words
from reattune.journal.vocabulary import Met, SharedKind, ShareWay

MOST_LINES = 800
# Base64 of an encrypted page; the page itself is refused long before it gets so large.
PageBytes = Annotated[str, StringConstraints(max_length=2_000_000, pattern=r"^[A-Za-z0-9+/=]*$")]


class SharedLine(Part):
    """One line of what was shared: what stands before the words, and the words."""

    label: Line = ""
    words: Words


class Share(Document):
    """What the person let somebody see, as it was then.

    It stays when what it was made from is changed or deleted: what was shown was shown. It goes with the person it
    was shared with.

    Attributes:
        relationship_id: whom it was for.
        at: when it was shared.
        what, way: what was shared, and how; ``None`` in what was written before either was kept.
        title: the heading above it.
        lines: every line that they could see, in order.
        source_ids: what it was made from, where that still exists.
        rupture_id: the story it belongs to.
        page: the encrypted page, so that the file can be taken again. Its code is kept nowhere.
        link: which web link it is; ``link_secret`` is what takes it back. Its key is kept nowhere.
        expires, opened: of what has a day to end, and a day of being opened first.
        taken_back: when the person took it back.
    """

    kind: Literal["share"] = "share"
    version: Literal[2] = 2
    relationship_id: UUID
    at: Utc
    what: SharedKind | None = None
    way: ShareWay | None = None
    title: Line = ""
    lines: Annotated[tuple[SharedLine, ...], Field(max_length=MOST_LINES)] = ()
    source_ids: tuple[UUID, ...] = ()
    rupture_id: UUID | None = None
    page: PageBytes = ""
    link: Line = ""
    link_secret: Line = ""
    expires: Utc | None = None
    opened: Utc | None = None
    taken_back: Utc | None = None


class Answer(Document):
    """What somebody answered to something shared, in their words. It came as a letter: nothing proves who wrote it.

    Attributes:
        at: when it was written, as far as that can be believed; ``arrived`` is when it came in.
        name: how they signed.
        met: how the person feels that what they shared was met, once they said so; ``asked`` is when they did, or
            when they wanted not to be asked.
    """

    kind: Literal["answer"] = "answer"
    version: Literal[1] = 1
    share_id: UUID
    at: Utc
    arrived: Utc
    words: Words
    name: Line = ""
    met: tuple[Met, ...] = ()
    asked: Utc | None = None
