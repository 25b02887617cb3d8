"""The terms of the ground floor: messages, codes and tries, files brought for registers, names on committees."""

from datetime import datetime, time
from functools import partial
from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from governance.domain import audit, stored_files
from governance.domain.keeping import Term, register_term
from governance.domain.moment import LOCAL_ZONE, local_day
from governance.models import Notice, Post, RegisterImport, SignInAttempt, SignInCode
from governance.models.erasures import GONE

MESSAGES = Term("message", _("Messages to you"), _("after they were sent"), years=2)
CODES = Term("code", _("Codes sent to your phone"), _("after they expired"), days=1)
TRIES = Term("try", _("How often a code or password was tried"), _("after the try"), days=1)
IMPORTS = Term("import", _("Files that the office brought for its registers"), _("after they were brought"), years=1)
POSTS = Term(
    "post",
    _("The name of whoever sat on a committee"),
    _("after the last day in it"),
    years=3,
    stays=_("That somebody sat there, and from when to when, stays."),
)


def register() -> None:
    register_term(MESSAGES, _delete_by(old_messages))
    register_term(CODES, _delete_by(old_codes))
    register_term(TRIES, _delete_by(old_tries))
    register_term(IMPORTS, _let_imports_go)
    register_term(POSTS, _let_posts_go)


def old_messages(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.filter(created_at__lt=MESSAGES.before(at)).order_by("created_at")


def old_codes(at: datetime) -> QuerySet[SignInCode]:
    return SignInCode.objects.filter(expires_at__lt=CODES.before(at)).order_by("expires_at")


def old_tries(at: datetime) -> QuerySet[SignInAttempt]:
    return SignInAttempt.objects.filter(at__lt=TRIES.before(at)).order_by("at")


def old_imports(at: datetime) -> QuerySet[RegisterImport]:
    return RegisterImport.objects.filter(uploaded_at__lt=IMPORTS.before(at)).order_by("uploaded_at")


def old_posts(at: datetime) -> QuerySet[Post]:
    """Of whose name the time is over: the last day still counts."""
    over = Post.objects.filter(ended_on__lt=local_day(POSTS.before(at))).exclude(full_name=GONE)
    return over.order_by("ended_on")


def post_until(post: Post) -> datetime:
    """Until when the name of somebody whose post has ended is kept."""
    assert post.ended_on is not None  # noqa: S101 - it has ended
    return POSTS.after(datetime.combine(post.ended_on, time.max, LOCAL_ZONE))


def _delete_by(due: Any) -> Any:
    return partial(_delete, due)


def _delete(due: Any, at: datetime, limit: int) -> int:
    some: list[int] = list(due(at).values_list("pk", flat=True)[:limit])
    model: type[models.Model] = due(at).model
    return model._base_manager.filter(pk__in=some).delete()[0] if some else 0


def _let_imports_go(at: datetime, limit: int) -> int:
    with transaction.atomic():
        some = list(old_imports(at).select_for_update(skip_locked=True)[:limit])
        for brought in some:
            name, storage = str(brought.file.name), brought.file.storage
            brought.delete()
            transaction.on_commit(partial(stored_files.let_go, name, storage), robust=True)
    return len(some)


def _let_posts_go(at: datetime, limit: int) -> int:
    """The post stays, with its days: whoever it was isn't said any more, nor in the trail."""
    with transaction.atomic():
        rows = old_posts(at).select_for_update(skip_locked=True)
        some = list(rows.values_list("pk", flat=True)[:limit])
        if some:
            forget_posts(some)
    return len(some)


def forget_posts(ids: list[int]) -> None:
    Post.objects.filter(pk__in=ids).update(full_name=GONE, user=None)
    audit.forget("post", map(str, ids))
