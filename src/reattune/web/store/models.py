"""Tables that tell nothing: row counts, sizes in steps, days."""

from __future__ import annotations

from django.db import models

# Both must say so. A real journal has a keyring: one damaged byte of its row never makes it something to erase.
PROVISIONAL = models.Q(provisional=True, keyring=b"")


class Kept(models.Manager["SealedJournal"]):
    """Every journal but the provisional ones."""

    def get_queryset(self) -> models.QuerySet[SealedJournal]:
        """What is unlocked, backed up and counted."""
        return super().get_queryset().filter(~PROVISIONAL)


class SealedJournal(models.Model):
    """A journal's keyring, and its head: the sealed list of rows. Its id is random.

    A provisional one has no keyring: see `reattune.web.store.provisional_journals`.
    """

    id = models.BinaryField(primary_key=True, max_length=16)
    keyring = models.BinaryField()
    head = models.BinaryField(default=b"")
    head_revision = models.PositiveBigIntegerField(default=0)
    created = models.DateField(auto_now_add=True)
    # The database has the default too: an older process may still be writing while this one starts.
    provisional = models.BooleanField(default=False, db_default=False)

    objects = models.Manager()
    kept = Kept()

    class Meta:
        """Few are provisional, and they are looked for often."""

        indexes = [models.Index(fields=["provisional"], condition=models.Q(provisional=True), name="store_provisional")]


class SealedRow(models.Model):
    """One document, sealed. Addressed by its journal first, so that a distributed database shards on it."""

    pk = models.CompositePrimaryKey("journal_id", "row_id")
    journal = models.ForeignKey(SealedJournal, on_delete=models.CASCADE, db_index=False)
    row_id = models.BinaryField(max_length=16)
    revision = models.PositiveBigIntegerField()
    created = models.DateField()
    updated = models.DateField()
    sealed = models.BinaryField()


class UnlockedSession(models.Model):
    """A journal that is open in one browser: its data key, wrapped by a secret that only the cookie holds.

    One that is ``ending`` was left or locked: being asked for does not prolong it.
    """

    id = models.BinaryField(primary_key=True, max_length=32)
    journal = models.ForeignKey(SealedJournal, on_delete=models.CASCADE)
    wrapped_key = models.BinaryField()
    last_seen = models.DateTimeField(db_index=True)
    ending = models.BooleanField(default=False, db_default=False)


class Guesses(models.Model):
    """Failed attempts to unlock, so that guessing slows down. ``source`` is a keyed hash of the address."""

    source = models.BinaryField(primary_key=True, max_length=32)
    failures = models.PositiveIntegerField(default=0)
    last = models.DateTimeField(db_index=True)


class JournalAddress(models.Model):
    """Where letters to a journal are sealed to: the public half of an `Address`, in clear, since a locked journal must
    be able to receive. Its id is made from the key. ``notes`` says whether the locked page offers to write one;
    ``current`` whether it is the journal's own of today, wanted for notes or not.
    """

    id = models.BinaryField(primary_key=True, max_length=10)
    journal = models.ForeignKey(SealedJournal, on_delete=models.CASCADE)
    public_key = models.BinaryField(max_length=200)
    notes = models.BooleanField(default=True, db_default=True)
    current = models.BooleanField(default=False, db_default=False)


class WaitingLetter(models.Model):
    """A letter that waits for its journal to be unlocked. What it says only that journal's private key opens.

    Attributes:
        digest: of the sealed bytes, so that what is delivered twice lies here once.
        arrived: the day, and no more.
    """

    pk = models.CompositePrimaryKey("journal_id", "digest")
    journal = models.ForeignKey(SealedJournal, on_delete=models.CASCADE, db_index=False)
    digest = models.BinaryField(max_length=32)
    address_id = models.BinaryField(max_length=10)
    arrived = models.DateField()
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        """Counted before each delivery, for one address and for all: in an index, and not in the letters themselves."""

        indexes = [
            models.Index(fields=["journal", "address_id", "size"], name="store_letters_of_one"),
            models.Index(fields=["size"], name="store_letters_of_all"),
        ]


class SharedLink(models.Model):
    """Something shared on a hosted installation: what only the key in its address opens, and the day it ends.

    Whose it is, it says to nobody but the journal that made it, while that is open.

    Attributes:
        owner: a hash of what takes it back.
        whose: that journal's own mark for this link; ``None`` in what was kept before there were any. No two are alike,
            so that they do not tell which links are of one journal.
        opened: the day on which it was first opened.
    """

    id = models.BinaryField(primary_key=True, max_length=16)
    owner = models.BinaryField(max_length=32)
    whose = models.BinaryField(max_length=32, null=True)
    sealed = models.BinaryField()
    expires = models.DateField(db_index=True)
    opened = models.DateField(null=True)


class TakenForm(models.Model):
    """A form that was sent within the hour, so that it is taken once: see `reattune.web.store.taken_forms`.

    Attributes:
        id: a keyed hash of all that was sent.
        begun: when it was taken.
        answer: where it led, sealed; empty while it is being answered.
        page: for seconds, the page that followed, sealed; for minutes, where it shows what is shown nowhere again.
        shown_once: whether it does.
        journal: whose it was, once it is answered.
    """

    id = models.BinaryField(primary_key=True, max_length=32)
    begun = models.DateTimeField(db_index=True)
    answer = models.BinaryField(null=True)
    page = models.BinaryField(null=True)
    shown_once = models.BooleanField(db_default=False, default=False)
    journal = models.ForeignKey(SealedJournal, on_delete=models.CASCADE, null=True)
