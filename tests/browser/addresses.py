"""The portal's addresses, by name: which of them show a page, so that none is left out of the crawl."""

from collections.abc import Iterator

from django.db.models import Model
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from governance.models import User
from tests.cast import client_of

A_PRESS = "is only pressed, and leads back to a page"
A_PICTURE = "a picture"
FOR_MACHINES = "a word for machines"
# Addresses without a page of their own, and why. Those of a register are asked for it (`console_pages`).
NO_PAGES = {
    "account_code_again": A_PRESS,
    "admin:app_list": "leads to the console's first page",
    "admin:autocomplete": "rows for a field, as data",
    "admin:jsi18n": "words for scripts, as data",
    "commitment_photo": A_PICTURE,
    "commitment_step": A_PRESS,
    "commitment_unblock": A_PRESS,
    "building_card": "leads a resident to the first step of filing; for staff the address shows `building_scanned`",
    "calendar_feed": "a calendar, for calendars",
    "calendar_make": A_PRESS,
    "calendar_revoke": A_PRESS,
    "dashboard_book": "a workbook",
    "desk_amendment": A_PRESS,
    "desk_ballots": "a paper to print",
    "desk_commitment_doubt": A_PRESS,
    "desk_commitment_step": A_PRESS,
    "desk_commitment_unblock": A_PRESS,
    "desk_home_step": A_PRESS,
    "desk_imported_step": A_PRESS,
    "desk_meeting_step": A_PRESS,
    "desk_objection": A_PRESS,
    "desk_point_step": A_PRESS,
    "desk_rows": "the rows of the inbox, for its script",
    "desk_step": A_PRESS,
    "desk_survey_paper": "a paper to print",
    "desk_survey_step": A_PRESS,
    "desk_topic_step": A_PRESS,
    "desk_vote_step": A_PRESS,
    "home_end": A_PRESS,
    "issue_photo": A_PICTURE,
    "live": FOR_MACHINES,
    "mandate_give": A_PRESS,
    "mandate_revoke": A_PRESS,
    "meeting_amend": A_PRESS,
    "meeting_answer": A_PRESS,
    "meeting_invitation": "an entry for a calendar",
    "meeting_minutes_paper": "a paper",
    "meeting_notice_paper": "a paper",
    "meeting_proxy": A_PRESS,
    "metrics": FOR_MACHINES,
    "notice_phoned": A_PRESS,
    "order_photo": A_PICTURE,
    "outdoors_step": A_PRESS,
    "own_copy": "a workbook",
    "petition_arrival": A_PRESS,
    "petition_evaluate": A_PRESS,
    "petition_nudge": A_PRESS,
    "photo": A_PICTURE,
    "queue_rows": "the rows of the queue's page, for its script",
    "ready": FOR_MACHINES,
    "set_language": A_PRESS,
    "set_mode": A_PRESS,
    "supervision_step": A_PRESS,
    "survey_answer": A_PRESS,
    "topic_judge": A_PRESS,
    "topic_support": A_PRESS,
    "visit_photo": A_PICTURE,
    "desk_paper_scan": A_PICTURE,
    "vote_notice": "a paper to print",
    "vote_file": "a file to take away",
    "vote_object": A_PRESS,
    "vote_tally": A_PRESS,
}


def _names(patterns: list[URLPattern | URLResolver], within: str = "") -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _names(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else within)
        elif pattern.name:
            yield within + pattern.name


def _is_of_a_register(name: str) -> bool:
    return name.startswith(("admin:governance_", "admin:issues_", "admin:residents_", "admin:deliberation_"))


def named_pages() -> set[str]:
    """Every named address but the registers' own."""
    return {name for name in _names(get_resolver().url_patterns) if not _is_of_a_register(name)}


def name_of(path: str) -> str | None:
    """The name of the address; None where there is no such page."""
    try:
        return resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return None


def console_pages(model: type[Model], reader: User) -> dict[str, str]:
    """The addresses of the register at which `reader` is shown a page, by name; with its first row, where one is
    named. What is a file, leads on or doesn't exist for this register is left out."""
    row = model._base_manager.order_by("pk").first()
    assert row is not None, f"{model._meta.label}: the world has no row"
    prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
    every = {name: _address(name, row) for name in _names(get_resolver().url_patterns) if name.startswith(prefix)}
    client = client_of(reader)
    return {name: address for name, address in every.items() if _shows_a_page(client.get(address))}


def _address(name: str, row: Model) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return reverse(name, args=[row.pk])


def _shows_a_page(response) -> bool:
    return response.status_code == 200 and response.headers["Content-Type"].startswith("text/html")
