"""What every page knows: the mode, the languages, the moment, and how much has not been read."""

from django.conf import settings
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language

from governance.navigation import work_pages

# The tag for `lang`, the label on the switch, the name said to screen readers. Never translated: readers look for their
# own language in its own script.
LANGUAGES = {
    "zh-hans": {"tag": "zh-Hans", "short": "中", "name": "中文"},
    "en": {"tag": "en", "short": "EN", "name": "English"},
    "ko": {"tag": "ko", "short": "한", "name": "한국어"},
}


def portal(request):
    """`elder_mode`, `languages`, `page_language`, `now`, and asked for only where shown: `unread_count`, `work_pages`
    (where this person works) and `prints_cards` (buildings are in this person's charge)."""
    chosen = get_language() or settings.LANGUAGE_CODE
    return {
        "elder_mode": wants_elder_mode(request),
        "languages": [{"code": code, "current": code == chosen, **words} for code, words in LANGUAGES.items()],
        "page_language": LANGUAGES.get(chosen, LANGUAGES["zh-hans"])["tag"],
        # A refusal can come before the middleware that asks the database for the time.
        "now": getattr(request, "now", None) or timezone.now(),
        "unread_count": SimpleLazyObject(lambda: _count_unread(request)),
        "work_pages": SimpleLazyObject(lambda: work_pages(_scope(request))),
        "prints_cards": SimpleLazyObject(lambda: _scope(request).prints_cards),
    }


def wants_elder_mode(request) -> bool:
    """The person's own setting; for strangers, the device's cookie."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user.elder_mode
    return request.COOKIES.get("mode") == "elder"


def _scope(request):
    from governance.models.scope import Scope

    at = getattr(request, "now", None) or timezone.now()
    return request.user.scope(at) if request.user.is_authenticated else Scope(at)


def _count_unread(request) -> int:
    from governance.models import Notice

    return Notice.objects.unread_for(request.user).count() if request.user.is_authenticated else 0
