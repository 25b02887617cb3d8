"""All figures of a choice at once, in two statements."""

from dataclasses import dataclass

from governance.domain.moment import local_day
from issues.figures.asking import Question, ask
from issues.figures.choice import Choice
from issues.figures.hearing import Heard, estates_of, filings_sql, homes_sql, read_heard, read_left_out
from issues.figures.narrowing import Narrowing
from issues.figures.orders import Arrivals, arrivals_sql, read_arrivals, read_reopened, reopened_sql
from issues.figures.piling import Pile, pile_facts, pile_sql, read_pile
from issues.figures.promises import Promises, promises_sql, read_promises
from issues.figures.rates import (
    LeftOut,
    Rate,
    Resolution,
    Response,
    contacts_sql,
    finished_sql,
    ratings_sql,
    read_not_solved,
    read_resolution,
    read_response,
    read_satisfaction,
)
from issues.figures.shares import Share
from issues.figures.subjects import About, Length, about_sql, lengths_sql, read_about, read_lengths


@dataclass(frozen=True)
class Figures:
    """What the dashboard shows below the list of what burns."""

    promises: Promises
    pile: Pile
    response: Response
    resolution: Resolution
    satisfaction: Rate
    left_out: LeftOut
    arrivals: Arrivals
    lengths: list[Length]
    about: list[About]
    reopened: Share
    not_solved: Rate
    heard: list[Heard]
    filed: dict[int, int]


def figures_of(choice: Choice) -> Figures:
    narrowing = Narrowing(choice)
    facts = narrowing.facts | pile_facts(choice.now)
    facts |= {"today": local_day(choice.now), "estates": estates_of(choice)}
    said = ask(
        facts,
        Question(
            narrowing.prelude_of_matters,
            {
                "pile": pile_sql(narrowing),
                "promises": promises_sql(narrowing),
                "arrivals": arrivals_sql(narrowing),
                "reopened": reopened_sql(narrowing),
                "about": about_sql(narrowing),
                "lengths": lengths_sql(narrowing),
            },
        ),
        Question(
            narrowing.prelude,
            {
                "contacts": contacts_sql(narrowing),
                "ratings": ratings_sql(narrowing),
                "finished": finished_sql(narrowing),
                "filings": filings_sql(narrowing),
                "homes": homes_sql(narrowing),
            },
        ),
    )
    return Figures(
        promises=read_promises(said["promises"], choice),
        pile=read_pile(said["pile"]),
        response=read_response(said["contacts"]),
        resolution=read_resolution(said["finished"], said["ratings"]),
        satisfaction=read_satisfaction(said["ratings"]),
        left_out=read_left_out(said["filings"], said["about"]),
        arrivals=read_arrivals(said["arrivals"]),
        lengths=read_lengths(said["lengths"]),
        about=read_about(said["about"]),
        reopened=read_reopened(said["reopened"]),
        not_solved=read_not_solved(said["ratings"]),
        heard=read_heard(said["filings"], said["homes"], choice),
        filed=_by_street(said["filings"]),
    )


def _by_street(filings: list[dict[str, int]]) -> dict[int, int]:
    filed: dict[int, int] = {}
    for row in filings:
        filed[row["street"]] = filed.get(row["street"], 0) + row["filed"]
    return filed
