"""Posting, delivering and settling notices. Posting writes rows; delivering leases them: a dead sender loses none.

A carrier may be handed a notice twice (with the same `reference`) when a sender dies between sending and noting it.
"""

import json
import logging
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DataError, IntegrityError, connection, transaction

from governance import messages
from governance.adapters import CarrierError, Handed, carrier_for
from governance.domain import audit
from governance.domain.refusals import StepNotAllowed
from governance.models import Channel, Notice, NoticeState, Urgency, User
from governance.models.many import insert

log = logging.getLogger(__name__)

# A notice that isn't written yet.
Row = dict[str, object]

LEASE = timedelta(seconds=60)
# Waits before the second, third … attempt; after the last the notice is somebody's work: "not reached – phone them".
BACKOFF = (timedelta(seconds=10), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30))
# A provider that took the message but sent no receipt within this time is asked again.
RECEIPT_WITHIN = timedelta(minutes=5)

# The parameter that says: whoever phones this person must not learn what the message is about.
HIDES_RECIPIENT = "hides_recipient"

CHANNELS = {
    Urgency.RING: (Channel.IN_APP, Channel.VOICE),
    Urgency.PROMPT: (Channel.IN_APP, Channel.SMS),
    Urgency.ORDINARY: (Channel.IN_APP,),
}


def post(
    recipient: User,
    key: str,
    params: dict[str, object],
    *,
    dedupe: str,
    at: datetime,
    urgency: Urgency = Urgency.ORDINARY,
    link: str = "",
    subdistrict_id: int | None = None,
    community_id: int | None = None,
) -> None:
    """Write the notices of one event for one person, one per channel that the urgency asks for.

    `dedupe` names the event and the recipient: posting it again writes nothing. `params` must be JSON-able and hold
    no rendered words. Raises `KeyError` if nobody registered `key`.
    """
    post_all(
        notices_for(
            recipient,
            key,
            params,
            dedupe=dedupe,
            at=at,
            urgency=urgency,
            link=link,
            subdistrict_id=subdistrict_id,
            community_id=community_id,
        )
    )


def post_all(notices: list[Row]) -> None:
    """Write what `notices_for` has made, for however many people, in one go. What is posted already stays as it is."""
    insert(Notice, notices, once=True)


def post_to_each(
    people: Iterable[User],
    key: str,
    params: dict[str, object],
    *,
    dedupe: str,
    at: datetime,
    urgency: Urgency = Urgency.ORDINARY,
    link: str = "",
    subdistrict_id: int | None = None,
    community_id: int | None = None,
) -> None:
    """As `post`, for each of the people, in one go."""
    post_all(
        [
            notice
            for person in people
            for notice in notices_for(
                person,
                key,
                params,
                dedupe=dedupe,
                at=at,
                urgency=urgency,
                link=link,
                subdistrict_id=subdistrict_id,
                community_id=community_id,
            )
        ]
    )


def notices_for(
    recipient: User,
    key: str,
    params: dict[str, object],
    *,
    dedupe: str,
    at: datetime,
    urgency: Urgency = Urgency.ORDINARY,
    link: str = "",
    subdistrict_id: int | None = None,
    community_id: int | None = None,
) -> list[Row]:
    """The notices that `post` would write, not written yet."""
    if not messages.is_registered(key):
        raise KeyError(key)
    written_at = at.isoformat()
    return [
        {
            "public_id": str(uuid.uuid4()),
            "recipient_id": recipient.pk,
            "subdistrict_id": subdistrict_id,
            "community_id": community_id,
            "channel": channel,
            "urgency": urgency,
            "message_key": key,
            "params": params,
            "link": link,
            "dedupe_key": f"{dedupe}:{recipient.pk}:{channel}",
            "state": NoticeState.DELIVERED if channel == Channel.IN_APP else NoticeState.PENDING,
            "delivered_at": written_at if channel == Channel.IN_APP else None,
            "created_at": written_at,
            "next_attempt_at": written_at,
            "attempts": 0,
            "provider_ref": "",
            "last_error": "",
        }
        for channel in _channels_for(recipient, urgency)
    ]


@dataclass(frozen=True)
class Sum:
    """What one person's notice counts, by the names of its figures. `how`: as `post` takes it, where none is there."""

    recipient: User
    refs: dict[str, set[str]]
    how: dict[str, Any]


def posted_to(recipients: Iterable[User], event: str) -> dict[int, list[Notice]]:
    """The notices of the event that these people have, by their ids, in our hands. In a transaction only."""
    ids = [user.pk for user in recipients]
    found: dict[int, list[Notice]] = {}
    if ids:
        # The event first: an index finds it, however many notices a person has.
        of_event = Notice.objects.filter(dedupe_key__startswith=f"{event}:", recipient__in=ids)
        for notice in of_event.order_by("pk").select_for_update(no_key=True):
            found.setdefault(notice.recipient_id, []).append(notice)
    return found


def add_up_all(sums: Iterable[Sum], key: str, event: str, posted: dict[int, list[Notice]]) -> None:
    """Post to each person a notice that counts things; one `posted` before counts these, too, none of them twice."""
    new: list[Row] = []
    grown: dict[int, dict[str, list[str]]] = {}
    for each in sums:
        for notice in posted.get(each.recipient.pk, ()):
            grown[notice.pk] = {name: sorted(refs.union(notice.params[name])) for name, refs in each.refs.items()}
        if each.recipient.pk not in posted:
            params: dict[str, object] = {name: sorted(refs) for name, refs in each.refs.items()}
            new += notices_for(each.recipient, key, params, dedupe=event, **each.how)
    post_all(new)
    if grown:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE governance_notice SET params = grown.params "
                "FROM json_to_recordset(%s) AS grown (id bigint, params jsonb) WHERE governance_notice.id = grown.id",
                [json.dumps([{"id": pk, "params": params} for pk, params in grown.items()])],
            )


def _channels_for(recipient: User, urgency: Urgency) -> Iterable[Channel]:
    for channel in CHANNELS[urgency]:
        if channel == Channel.SMS and not recipient.wants_sms:
            continue
        yield channel
    if recipient.wants_email and recipient.email:
        yield Channel.EMAIL


def deliver_due(now: datetime, *, limit: int = 200) -> int:
    """Deliver what is due, at most `limit` notices; returns how many were tried. Several may run at once.

    A slow carrier must not outlast the lease: what can't be begun within half of it is given back.
    """
    leased = _lease(now, limit)
    give_back_at = time.monotonic() + LEASE.total_seconds() / 2
    for tried, notice in enumerate(leased):
        if time.monotonic() >= give_back_at:
            Notice.objects.filter(pk__in=[later.pk for later in leased[tried:]]).update(lease_until=None)
            return tried
        _deliver(notice, now)
    return len(leased)


def _lease(now: datetime, limit: int) -> list[Notice]:
    if not Notice.objects.due(now).exists():  # mostly so, and then there is nothing to hold
        return []
    with transaction.atomic():
        ids = list(
            Notice.objects.due(now)
            .order_by("next_attempt_at", "id")
            .select_for_update(skip_locked=True)
            .values_list("id", flat=True)[:limit]
        )
        Notice.objects.filter(id__in=ids).update(lease_until=now + LEASE)
    return list(Notice.objects.filter(id__in=ids).select_related("recipient").order_by("next_attempt_at", "id"))


def _deliver(notice: Notice, now: datetime) -> None:
    address = notice.recipient.email if notice.channel == Channel.EMAIL else notice.recipient.phone
    try:
        if not address:
            raise CarrierError("no number or address is known")
        subject, body = messages.render(notice.message_key, notice.params, notice.recipient.language)
        body = f"{body} {settings.PORTAL_URL}{notice.link}" if notice.link and notice.channel != Channel.VOICE else body
        handed = carrier_for(notice.channel).send(
            address=address, subject=subject, body=body, reference=str(notice.public_id)
        )
        news = _news_of(notice, now, handed)
    except CarrierError as error:
        _note_failure(notice, now, str(error))
    except Exception as error:  # one broken notice or provider must not stop the others; it is on record
        log.exception("notice %s could not be delivered", notice.public_id)
        _note_failure(notice, now, repr(error))
    else:
        _note_handed(notice, news)


def _news_of(notice: Notice, now: datetime, handed: Handed) -> dict[str, object]:
    never_confirmed = notice.attempts + 1 > len(BACKOFF)
    unconfirmed = NoticeState.NOT_REACHED if never_confirmed else NoticeState.SENT
    return {
        "state": NoticeState.DELIVERED if handed.delivered else unconfirmed,
        "delivered_at": max(now, notice.created_at) if handed.delivered else None,
        "provider_ref": handed.provider_ref,
        "attempts": notice.attempts + 1,
        "lease_until": None,
        "next_attempt_at": now + RECEIPT_WITHIN,
        "last_error": "",
    }


def _note_handed(notice: Notice, news: dict[str, object]) -> None:
    """A reference that can't be kept costs the receipt, not the count: else the message goes out again for ever."""
    unsettled = Notice.objects.filter(pk=notice.pk, state__in=(NoticeState.PENDING, NoticeState.SENT))
    try:
        with transaction.atomic():
            unsettled.update(**news)
    except (DataError, IntegrityError) as error:
        log.warning("notice %s: its provider's reference can't be kept (%s)", notice.public_id, type(error).__name__)
        unsettled.update(**news | {"provider_ref": "", "last_error": "the provider's reference can't be kept"})


def _note_failure(notice: Notice, now: datetime, error: str) -> None:
    attempts = notice.attempts + 1
    tried_out = attempts > len(BACKOFF)
    Notice.objects.filter(pk=notice.pk, state__in=(NoticeState.PENDING, NoticeState.SENT)).update(
        state=NoticeState.NOT_REACHED if tried_out else NoticeState.PENDING,
        attempts=attempts,
        lease_until=None,
        next_attempt_at=now if tried_out else now + BACKOFF[attempts - 1],
        last_error=error[:300],
    )


def take_receipt(provider_ref: str, *, delivered: bool, at: datetime, error: str = "") -> bool:
    """Note a provider's receipt. Returns False for a reference nobody knows or that is settled already."""
    notice = Notice.objects.filter(provider_ref=provider_ref, state=NoticeState.SENT).first()
    if notice is None:
        return False
    if delivered:
        return bool(
            Notice.objects.filter(pk=notice.pk, state=NoticeState.SENT).update(
                state=NoticeState.DELIVERED, delivered_at=max(at, notice.created_at)
            )
        )
    _note_failure(notice, at, error or "the provider reports that it was not delivered")
    return True


def settle_by_phone(notice: Notice, *, actor: User, at: datetime) -> None:
    """Somebody phoned the person whom no message reached. Raises `StepNotAllowed` if another was faster."""
    with transaction.atomic():
        settled = Notice.objects.filter(pk=notice.pk, state=NoticeState.NOT_REACHED).update(
            state=NoticeState.PHONED, settled_by=actor
        )
        if not settled:
            raise StepNotAllowed
        audit.record(
            "phoned", "notice", str(notice.public_id), actor=actor, at=at, subdistrict_id=notice.subdistrict_id
        )


def mark_read(user: User, *, at: datetime, shown: Iterable[int]) -> int:
    """The person has opened the inbox and seen the notices whose ids are `shown`."""
    return Notice.objects.unread_for(user).filter(pk__in=shown).update(read_at=at)


def forget_about(public_id: uuid.UUID) -> None:
    """Delete all messages that lead to this thing, to whomever they went: its words are to be gone."""
    Notice.objects.filter(link__contains=str(public_id)).delete()
