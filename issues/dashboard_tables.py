"""The dashboard's figures as tables: under each chart of the page, and as the sheets of its workbook.

What is drawn and what is said beside it: `issues.dashboard_page`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from governance import wording
from issues.figures import Figures
from issues.figures.hearing import Heard
from issues.figures.orders import Arrivals
from issues.figures.piling import AGES, STAGES, Pile, Tally
from issues.figures.promises import Promises
from issues.figures.rates import Rate
from issues.figures.shares import Share
from issues.figures.sight import Estate, Street, Subject
from issues.figures.subjects import About, Length

Cell = str | int | float | date | None
NO_FIGURE = "–"


@dataclass(frozen=True)
class Table:
    """A figure's numbers: the first column names the row. Without rows where there is nothing to tell."""

    headings: list[str]
    rows: list[list[Cell]]


def promises(told: Promises, today: date) -> Table:
    headings = [
        pgettext("figures", "Week from"),
        pgettext("figures", "Kept"),
        pgettext("figures", "kept in time"),
        pgettext("figures", "came due"),
    ]
    rows: list[list[Cell]] = [
        [wording.day(week.starts_on, today), week.kept.percent or NO_FIGURE, week.kept.part, week.kept.n]
        for week in told.weeks
    ]
    return Table(headings, rows if told.kept.n else [])


def piling(told: Pile) -> Table:
    headings = [pgettext("figures", "Stage"), *(str(age) for age in AGES), pgettext("figures", "in all")]
    rows: list[list[Cell]] = [[str(STAGES[stage]), *counts, sum(counts)] for stage, counts in told.ages.items()]
    return Table(headings, rows if told.tally.open else [])


def rates(told: Sequence[tuple[str, Rate]]) -> Table:
    """Each rate by its title, beside that of the period before."""
    headings = [
        pgettext("figures", "Rate"),
        pgettext("figures", "this period"),
        pgettext("figures", "counted"),
        pgettext("figures", "of"),
        pgettext("figures", "before"),
        pgettext("figures", "counted before"),
        pgettext("figures", "of, before"),
    ]
    rows: list[list[Cell]] = [[title, *_percent_first(rate.now), *_percent_first(rate.before)] for title, rate in told]
    return Table(headings, rows)


def arrivals(told: Arrivals) -> Table:
    headings = [pgettext("figures", "How it is known"), pgettext("figures", "orders"), pgettext("figures", "share")]
    counts = (
        (pgettext("arrival", "proven"), told.proven),
        (pgettext("arrival", "only claimed"), told.claimed),
        (pgettext("arrival", "only with the finish"), told.with_finish),
        (_("finished within a minute of arriving"), told.under_a_minute),
    )
    rows: list[list[Cell]] = [[words, count, Share(count, told.all).percent] for words, count in counts]
    return Table(headings, rows if told.all else [])


def lengths(told: Sequence[Length], subjects: Mapping[int, Subject]) -> Table:
    headings = [
        pgettext("figures", "Category"),
        pgettext("figures", "Median"),
        pgettext("figures", "Nine in ten within"),
        pgettext("figures", "matters"),
    ]
    rows: list[list[Cell]] = [
        [subjects[each.category].name, wording.span(each.median), wording.span(each.p90), each.n] for each in told
    ]
    return Table(headings, rows)


def about(told: Sequence[About], subjects: Mapping[int, Subject]) -> Table:
    headings = [
        pgettext("figures", "Category"),
        pgettext("figures", "matters"),
        pgettext("figures", "before"),
        pgettext("figures", "change"),
    ]
    rows: list[list[Cell]] = [
        [subjects[each.category].name, each.now, each.before, change_in_words(each.change)] for each in told
    ]
    return Table(headings, rows)


def solved(told: Sequence[tuple[str, Share]]) -> Table:
    """Shares by their names. Without rows if none of them is of anything."""
    headings = [
        pgettext("figures", "What"),
        pgettext("figures", "share"),
        pgettext("figures", "counted"),
        pgettext("figures", "of"),
    ]
    rows: list[list[Cell]] = [[words, *_percent_first(share)] for words, share in told]
    return Table(headings, rows if any(share.n for _words, share in told) else [])


def heard(told: Sequence[Heard], estates: Mapping[int, Estate]) -> Table:
    headings = [
        pgettext("figures", "Estate"),
        pgettext("figures", "for every 100 homes"),
        pgettext("figures", "petitions"),
        pgettext("figures", "homes"),
    ]
    rows: list[list[Cell]] = [
        [estates[each.estate].name, tenth(each.per_hundred) or NO_FIGURE, each.filed, each.homes] for each in told
    ]
    return Table(headings, rows)


def streets(told: Figures, looked_at: Sequence[int], known: Mapping[int, Street]) -> Table:
    headings = [
        pgettext("figures", "Street"),
        pgettext("tally", "in hand"),
        pgettext("tally", "overdue"),
        pgettext("figures", "Kept"),
        pgettext("figures", "came due"),
        pgettext("figures", "petitions"),
    ]
    rows: list[list[Cell]] = []
    for pk in looked_at:
        tally, kept = told.pile.streets.get(pk, Tally()), told.promises.streets.get(pk, Share())
        row: list[Cell] = [
            known[pk].name,
            tally.open,
            tally.overdue,
            kept.percent or NO_FIGURE,
            kept.n,
            told.filed.get(pk, 0),
        ]
        rows.append(row)
    return Table(headings, rows)


def _percent_first(share: Share) -> tuple[str, int, int]:
    return share.percent or NO_FIGURE, share.part, share.n


def change_in_words(change: int) -> str:
    return f"+{change}" if change > 0 else f"−{-change}" if change else "±0"


def tenth(number: Fraction | None) -> str:
    """“2.3”, to a tenth; never “0.0” of what isn't nothing."""
    if number is None:
        return ""
    tenths = max(round(number * 10), 1 if number else 0)
    return f"{tenths // 10}.{tenths % 10}"
