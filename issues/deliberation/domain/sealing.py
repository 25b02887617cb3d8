"""What somebody chose, closed to everybody until the vote is over: pages, exports, lines, and the database's own roles.

A ballot holds its choice as ciphertext of one length, under the keys of the encrypted fields, bound to that ballot. No
model opens it. Whoever runs the machine holds the keys: the seal keeps choices from being seen, not from being stolen.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal
from governance.encryption import decrypt
from issues.deliberation.models import Ballot, Channel, Choice, InvalidReason, Motion, choices_of

# The number of an option is shorter.
LONGEST = max(len(choice) for choice in Choice.values)


class StillSealed(Refusal):
    """Somebody asks for choices before the close."""

    code = "still_sealed"
    sentence = _("Nobody sees what was chosen before the vote is over.")


class BrokenSeal(ValueError):
    """A choice was moved from one ballot to another, or isn't one."""


def sealed(choice: str, ballot: UUID) -> str:
    """What the sealed field is given: the choice and the ballot it belongs to, as long for each choice."""
    return f"{choice:<{LONGEST}}{ballot.hex}"


def opened(motion: Motion, ballots: Iterable[Ballot], now: datetime) -> dict[int, str]:
    """The choices of valid ballots by their ids. Raises `StillSealed` before the close, and `BrokenSeal`."""
    if motion.closes_at is None or now < motion.closes_at:
        raise StillSealed
    choices = choices_of(motion)
    return {ballot.pk: _opened(ballot.choice, ballot.public_id, choices) for ballot in ballots if ballot.choice}


def says(ballot: Ballot, said: str | InvalidReason) -> bool:
    """Whether a paper that nobody has checked yet was typed as saying this: all that its second reader is told.

    Raises `StillSealed` for any other ballot: who holds the paper knows what it says, nobody else may ask.
    """
    if ballot.checked_by_id or ballot.channel == Channel.ELECTRONIC:
        raise StillSealed
    if ballot.choice is None:
        return ballot.invalid_reason == said
    return _opened(ballot.choice, ballot.public_id, choices_of(ballot.entry.motion)) == said


def _opened(token: bytes | memoryview, ballot: UUID, choices: tuple[str, ...]) -> str:
    text = decrypt(bytes(token))
    choice, belongs_to = text[:LONGEST].rstrip(), text[LONGEST:]
    if belongs_to != ballot.hex or choice not in choices:
        raise BrokenSeal(str(ballot))
    return choice
