"""What the ground floor holds of a person: the account, consents, messages, roles, a seat on a committee."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.text import format_lazy
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from governance import messages
from governance.domain import audit, party, registers, roles
from governance.domain.erasing import Keeper, Kept, Reason, Section
from governance.domain.moment import local_day
from governance.domain.refusals import Refusal
from governance.domain.retention import POSTS, forget_posts, post_until
from governance.models import Consent, Membership, Notice, PartyMember, Post, Role, RoleAssignment, User
from governance.models.erasures import GONE

REASONS = {
    "post": Reason(
        _("Your seat on a committee that has ended, with your name"),
        format_lazy(_("Who decided for others must be known for {length} after the last day."), length=POSTS.length),
    ),
}


class InOffice(Refusal):
    """Somebody who works in the portal: others rely on what they answer for."""

    code = "in_office"
    sentence = _(
        "You hold a role or a post here, or manage the portal. Ask the street office to end it first; "
        "then you can close your account."
    )


def refuse(user: User, at: datetime) -> None:
    """Raises `InOffice`."""
    held = RoleAssignment.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at), user=user)
    sits = Post.objects.standing_on(local_day(at)).filter(user=user)
    if user.is_staff or user.is_superuser or held.exclude(role=Role.RESIDENT).exists() or sits.exists():
        raise InOffice


def kept(user: User, at: datetime) -> Iterable[Kept]:
    for post in _ended_posts(user):
        until = post_until(post)
        if until > at:
            yield Kept("post", until)


def _ended_posts(user: User) -> QuerySet[Post]:
    """Those that still say who it was."""
    return Post.objects.filter(user=user, ended_on__isnull=False).exclude(full_name=GONE)


def erase(user: User, at: datetime) -> None:
    _end_posts(user, at)
    forget_posts([post.pk for post in _ended_posts(user) if post_until(post) <= at])
    for assignment in RoleAssignment.objects.in_force(at).filter(user=user):
        roles.revoke(assignment, actor=user, at=at)
    Consent.objects.in_force(at).filter(user=user).update(withdrawn_at=at)
    Notice.objects.filter(recipient=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    # The party's register is the party's; it just doesn't know of the account any more, and shows residents nothing.
    for member in PartyMember.objects.filter(user=user):
        party.withdraw_consent(member, actor=user, at=at)
    PartyMember.objects.filter(user=user).update(user=None)
    audit.forget("account", [str(user.public_id)])
    audit.forget("user", [str(user.pk)])


def _end_posts(user: User, at: datetime) -> None:
    """Of whoever a restore has brought back: all others had put theirs down before they could go."""
    today = local_day(at)
    for post in Post.objects.filter(Q(ended_on=None) | Q(ended_on__gt=today), user=user).order_by("pk"):
        on = max(post.since, today)
        registers.end(post, field="ended_on", on=on, version=post.version, actor=user, at=at)


def copied(user: User) -> Iterable[Section]:
    yield Section(
        gettext("My account"),
        (
            gettext("Name"),
            gettext("Mobile number"),
            gettext("E-mail"),
            gettext("Account name"),
            gettext("Language"),
            gettext("Signed up"),
        ),
        [(user.full_name, user.phone, user.email, user.username, user.get_language_display(), user.date_joined)],
    )
    yield Section(
        gettext("What you have agreed to"),
        (
            pgettext("copy of my data", "What"),
            gettext("Version"),
            pgettext("copy of my data", "Agreed"),
            pgettext("copy of my data", "Taken back"),
        ),
        [
            (each.get_purpose_display(), each.text_version, each.given_at, each.withdrawn_at)
            for each in user.consents.order_by("given_at")
        ],
    )
    yield Section(
        gettext("Roles and posts"),
        (
            pgettext("copy of my data", "What"),
            pgettext("copy of my data", "From"),
            pgettext("copy of my data", "Until"),
        ),
        [
            (each.get_role_display(), each.valid_from, each.valid_until)
            for each in user.assignments.order_by("valid_from")
        ]
        + [
            (str(each), f"{each.since:%Y-%m-%d}", f"{each.ended_on:%Y-%m-%d}" if each.ended_on else None)
            for each in user.posts.select_related("body").order_by("since")
        ],
    )
    yield Section(
        gettext("In the party's register of members"),
        (
            gettext("Register number"),
            gettext("Name"),
            pgettext("copy of my data", "What"),
            gettext("Community"),
            gettext("Party organisation"),
            pgettext("copy of my data", "From"),
            pgettext("copy of my data", "Until"),
        ),
        [
            (
                each.member.number, each.member.full_name, each.get_standing_display(), str(each.member.community),
                str(each.branch), f"{each.since:%Y-%m-%d}", f"{each.ended_on:%Y-%m-%d}" if each.ended_on else None,
            )
            for each in Membership.objects.filter(member__user=user)
            .select_related("member__community", "branch")
            .order_by("since")
        ],
    )  # fmt: skip
    yield Section(
        gettext("Messages to me"),
        (gettext("When"), pgettext("copy of my data", "What"), gettext("Words")),
        [(each.created_at, *_in_words(each)) for each in Notice.objects.inbox_of(user)],
    )


def _in_words(notice: Notice) -> tuple[str, str]:
    """One that is older than the words for it is told by its key."""
    try:
        return messages.render(notice.message_key, notice.params, get_language() or settings.LANGUAGE_CODE)
    except (KeyError, ValueError, TypeError):
        return notice.message_key, ""


KEEPER = Keeper(REASONS, kept, erase, copied, refuse)
