"""What somebody chose, closed to everybody until the vote is over: pages, exports, lines, and the database's own roles.

A ballot holds its choice as ciphertext of one length, under the keys of the encrypted fields, bound to that ballot. No
model opens it. Whoever runs the machine holds the keys: the seal keeps choices from being seen, not from being stolen.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from governance.domain.refusals import Refusal
from governance.encryption import decrypt
from issues.deliberation.counting.file import MOST_CANDIDATES
from issues.deliberation.models import Ballot, Channel, InvalidReason, Motion, sayable

# All candidates of an election: nothing that a ballot says is longer.
LONGEST = len(",".join(str(number) for number in range(1, MOST_CANDIDATES + 1)))


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
    can_say = sayable(motion)
    return {ballot.pk: _opened(ballot.choice, ballot.public_id, can_say) for ballot in ballots if ballot.choice}


def says(ballot: Ballot, said: str | InvalidReason) -> bool:
    """Whether a paper that nobody has checked yet was typed as saying this: all that its second reader is told.

    Raises `StillSealed` for any other ballot: who holds the paper knows what it says, nobody else may ask.
    """
    if ballot.checked_by_id or ballot.channel == Channel.ELECTRONIC:
        raise StillSealed
    if ballot.choice is None:
        return ballot.invalid_reason == said
    return _opened(ballot.choice, ballot.public_id, sayable(ballot.entry.motion)) == said


def _opened(token: bytes | memoryview, ballot: UUID, can_say: Callable[[str], bool]) -> str:
    text = decrypt(bytes(token))
    # From its end: what was sealed when the longest choice was shorter opens, too.
    choice, belongs_to = text[: -len(ballot.hex)].rstrip(), text[-len(ballot.hex) :]
    if belongs_to != ballot.hex or not can_say(choice):
        raise BrokenSeal(str(ballot))
    return choice
