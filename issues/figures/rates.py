"""The three rates (三率) of RULES.md §1, all per petition, and what stands beside them.

No official formula was found: these are ours. Imported petitions are in none of them: nobody had promised them
anything. Nor are those that were withdrawn or not taken up; both are counted where the rates are shown.
"""

from dataclasses import dataclass

from issues.figures.asking import Rows
from issues.figures.narrowing import Narrowing
from issues.figures.shares import Share

# What is joined below lies at the end of its table, as what happened lately does: a lower bound spares reading all the
# rest. No upper one: with both the planner takes the rows for very few, and loops over what is many.

# An instant lies in one of the two periods, or isn't counted: between them. `is_now` says of each row in which.
IN_EITHER = """{at} >= %(before_starts)s AND {at} < %(ends)s AND ({at} < %(before_ends)s OR {at} >= %(starts)s)"""
IS_NOW = "{at} >= %(starts)s"
NOW, BEFORE = True, False


@dataclass(frozen=True)
class Rate:
    """A rate with that of the period before it."""

    now: Share
    before: Share


@dataclass(frozen=True)
class Response:
    """`denied`: petitions whose log says that somebody was in time, and whose person says that nobody was."""

    rate: Rate
    denied: int


@dataclass(frozen=True)
class Resolution:
    """Finished petitions: what their person says, or that only the staff say so, or that nobody has said anything."""

    rate: Rate
    not_solved: int
    staff_only: int
    no_answer: int


@dataclass(frozen=True)
class LeftOut:
    """What the rates leave out, of the petitions filed in the period; and the matters filed in it that were merged."""

    withdrawn: int = 0
    declined: int = 0
    imported: int = 0
    merged: int = 0


def said_sql(narrowing: Narrowing) -> str:
    """Response and satisfaction, which look at the same petitions: one row for each and each period.

    Response rate (响应率): petitions whose person was contacted in time ÷ petitions for which that came due. The
    promise is the clock `respond` of the petition's matter, or `arrive` where that round has none; each round of the
    matter counts by itself, for those who had filed by the time it was due. In time is by the due time itself. “Nobody
    contacted me”, said of that round by its person, beats the log: of the round that had last been finished when it
    was said. `n` came due, `good` were met, `other` were met by the log alone.

    Satisfaction (满意率): ratings of 4–5 ÷ ratings given. `n` were given, `good` are of 4–5, `other` say “not solved”:
    such a rating opens the petition again, so that its round had been finished.
    """
    join, scope = narrowing.petition("p")
    promise = f"""
            SELECT c.issue_id, c.epoch, c.due_at, {IS_NOW.format(at="c.due_at")} AS is_now,
                   coalesce(c.stopped_at <= c.due_at, false) AS met
            FROM issues_slaclock c
            WHERE c.subdistrict_id = ANY(%(streets)s) AND c.voided_at IS NULL AND {IN_EITHER.format(at="c.due_at")}"""
    return f"""
        WITH due AS MATERIALIZED ({promise} AND c.kind = 'respond'
            UNION ALL {promise} AND c.kind = 'arrive' AND NOT EXISTS (
              SELECT 1 FROM issues_slaclock r WHERE r.issue_id = c.issue_id AND r.epoch = c.epoch
                AND r.kind = 'respond' AND r.voided_at IS NULL)
        ), link AS MATERIALIZED (
            SELECT l.issue_id, l.petition_id FROM issues_issuepetition l
            WHERE l.undone_at IS NULL AND l.issue_id >= (SELECT min(issue_id) FROM due)
        ), given AS MATERIALIZED (
            SELECT e.petition_id, e.given_at, e.satisfaction, e.is_solved FROM residents_evaluation e
            WHERE {IN_EITHER.format(at="e.given_at")}
        ), first AS MATERIALIZED (
            SELECT least((SELECT min(petition_id) FROM link), (SELECT min(petition_id) FROM given)) AS id
        ), person AS MATERIALIZED (
            SELECT p.id, p.filed_at, p.state NOT IN ('withdrawn', 'declined') AS is_due_something
            FROM residents_petition p {join}
            WHERE p.id >= (SELECT id FROM first) AND p.channel <> 'import' {scope}
        ), denial AS (
            SELECT e.petition_id, array_agg(e.given_at) AS said_at FROM residents_evaluation e
            WHERE NOT e.was_contacted AND e.petition_id >= (SELECT id FROM first)
            GROUP BY e.petition_id
        ), counted AS MATERIALIZED (
            SELECT due.is_now, due.met, due.met AND denial.said_at IS NOT NULL AND EXISTS (
                     SELECT 1 FROM unnest(denial.said_at) s(at)
                     WHERE {_was_over("due")} AND NOT EXISTS (
                       SELECT 1 FROM issues_slaclock n
                       WHERE n.issue_id = due.issue_id AND n.epoch > due.epoch AND {_was_over("n")})) AS denied
            FROM due JOIN link ON link.issue_id = due.issue_id
            JOIN person ON person.id = link.petition_id AND person.filed_at <= due.due_at AND person.is_due_something
            LEFT JOIN denial ON denial.petition_id = person.id
        )
        SELECT 'response' AS what, is_now, count(*) AS n, count(*) FILTER (WHERE met AND NOT denied) AS good,
               count(*) FILTER (WHERE denied) AS other
        FROM counted GROUP BY is_now
        UNION ALL
        SELECT 'ratings', {IS_NOW.format(at="given.given_at")}, count(*),
               count(*) FILTER (WHERE given.satisfaction >= 4), count(*) FILTER (WHERE NOT given.is_solved)
        FROM given JOIN person ON person.id = given.petition_id GROUP BY 2"""


def _was_over(clock: str) -> str:
    """Whether the round of a matter to which `clock` belongs was over by `s.at`: none of its clocks ran any more."""
    return f"""NOT EXISTS (
                SELECT 1 FROM issues_slaclock k WHERE k.issue_id = {clock}.issue_id AND k.epoch = {clock}.epoch
                  AND coalesce(k.stopped_at, k.voided_at, 'infinity') > s.at)"""


def finished_sql(narrowing: Narrowing) -> str:
    """Petitions that stand finished since an instant in the period: confirmed by their person, or by the staff alone.

    Confirmed is a rating of that very round that says “solved”; by the staff alone, a check on site since then that
    found it put right, where the person has said nothing.
    """
    join, scope = narrowing.petition("p")
    return f"""
        WITH held AS MATERIALIZED (
            SELECT v.issue_id, v.verified_at FROM issues_verification v
            WHERE v.holds AND v.verified_at >= %(before_starts)s
        ), checked AS (
            SELECT l.petition_id, max(held.verified_at) AS at FROM held
            JOIN issues_issuepetition l ON l.issue_id = held.issue_id AND l.undone_at IS NULL
              AND l.issue_id >= (SELECT min(issue_id) FROM held)
            GROUP BY 1
        )
        SELECT {IS_NOW.format(at="p.finished_at")} AS is_now, count(*) AS finished,
               count(*) FILTER (WHERE e.is_solved) AS confirmed,
               count(*) FILTER (WHERE e.is_solved IS NULL AND checked.at >= p.finished_at) AS staff_only,
               count(*) FILTER (WHERE e.is_solved IS NULL AND (checked.at >= p.finished_at) IS NOT TRUE) AS no_answer
        FROM residents_petition p {join}
        LEFT JOIN residents_evaluation e
          ON e.petition_id = p.id AND e.epoch = p.epoch AND e.given_at >= %(before_starts)s
        LEFT JOIN checked ON checked.petition_id = p.id
        WHERE p.state IN ('finished', 'closed') AND p.channel <> 'import'
          AND {IN_EITHER.format(at="p.finished_at")} {scope}
        GROUP BY 1"""


def read_response(said: Rows) -> Response:
    return Response(
        Rate(_share(said, "response", NOW), _share(said, "response", BEFORE)), _sum(said, NOW, "response", "other")
    )


def read_resolution(finished: Rows, said: Rows) -> Resolution:
    """Resolution (解决率): petitions that their person confirmed solved ÷ petitions that were finished."""

    def rate(is_now: bool) -> Share:
        not_solved = _sum(said, is_now, "ratings", "other")
        return Share(_count(finished, is_now, "confirmed"), _count(finished, is_now, "finished") + not_solved)

    return Resolution(
        Rate(rate(NOW), rate(BEFORE)),
        not_solved=_sum(said, NOW, "ratings", "other"),
        staff_only=_count(finished, NOW, "staff_only"),
        no_answer=_count(finished, NOW, "no_answer"),
    )


def read_satisfaction(said: Rows) -> Rate:
    return Rate(_share(said, "ratings", NOW), _share(said, "ratings", BEFORE))


def read_not_solved(said: Rows) -> Rate:
    """Ratings that say “not solved” ÷ ratings."""
    return Rate(_share(said, "ratings", NOW, "other"), _share(said, "ratings", BEFORE, "other"))


def _count(rows: Rows, is_now: bool, name: str) -> int:
    return sum(row[name] for row in rows if row["is_now"] is is_now)


def _sum(said: Rows, is_now: bool, what: str, name: str) -> int:
    return _count([row for row in said if row["what"] == what], is_now, name)


def _share(said: Rows, what: str, is_now: bool, part: str = "good") -> Share:
    return Share(_sum(said, is_now, what, part), _sum(said, is_now, what, "n"))
