"""The three rates (三率) of RULES.md §1, all per petition, and what stands beside them.

No official formula was found: these are ours. Imported petitions are in none of them: nobody had promised them
anything. Nor are those that were withdrawn or not taken up; both are counted where the rates are shown.
"""

from dataclasses import dataclass

from issues.figures.asking import Rows
from issues.figures.narrowing import Narrowing
from issues.figures.shares import Share
from issues.figures.stretches import PERIODS

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


# The promise of a first contact that came due: the clock `respond`, or `arrive` where its round has none. The database
# counts to how many petitions it is owed: see `SlaClock.owed_to`.
OWES = "c.owed_to > 0 AND c.voided_at IS NULL AND c.subdistrict_id = ANY(%(streets)s)"
OF_CLOCK = """{n} AS n, {n} FILTER (WHERE c.stopped_at <= c.due_at) AS met,
            min(c.stopped_at) FILTER (WHERE c.stopped_at <= c.due_at) AS first_met_at"""
OWED = "p.filed_at <= c.due_at AND p.channel <> 'import' AND p.state NOT IN ('withdrawn', 'declined')"
# What is owed to a few petitions, one by one: OFFSET 0 keeps the planner from reading all the rows there are.
OF_PETITION = f"""CROSS JOIN LATERAL (
              SELECT l.issue_id FROM issues_issuepetition l
              WHERE l.petition_id = {{petition}} AND l.undone_at IS NULL OFFSET 0) l
            CROSS JOIN LATERAL (
              SELECT c.* FROM issues_slaclock c
              WHERE c.issue_id = l.issue_id AND {OWES} AND {PERIODS.within.format(at="c.due_at")} OFFSET 0) c
            CROSS JOIN LATERAL (
              SELECT FROM residents_petition p
              WHERE p.id = {{petition}} AND p.subdistrict_id = c.subdistrict_id AND {OWED} OFFSET 0) owed"""


def contacts_sql(narrowing: Narrowing) -> str:
    """Response rate (响应率): petitions whose person was contacted in time ÷ petitions for which that came due.

    Each round of a matter counts by itself, for those who had filed by the time it was due. In time is by the due time
    itself. “Nobody contacted me”, said of that round by its person, beats the log: of the round that had last been
    finished when it was said. `n` came due, `met` were met by the log, `denied` of these by the log alone.
    """
    join, scope = narrowing.rating("e")
    return f"""
        WITH due AS MATERIALIZED ({_due(narrowing)}), denied AS (
            SELECT {PERIODS.of.format(at="c.due_at")} AS is_now, count(DISTINCT (c.id, e.petition_id)) AS n
            FROM residents_evaluation e {join} {OF_PETITION.format(petition="e.petition_id")}
            WHERE NOT e.was_contacted {scope} AND e.given_at >= (SELECT min(first_met_at) FROM due)
              AND c.stopped_at <= c.due_at
              AND {_was_over("c")} AND NOT EXISTS (
                SELECT 1 FROM issues_slaclock n
                WHERE n.issue_id = c.issue_id AND n.epoch > c.epoch AND {_was_over("n")} OFFSET 0)
            GROUP BY 1
        )
        SELECT due.is_now, due.n, due.met, coalesce(denied.n, 0) AS denied
        FROM (SELECT is_now, coalesce(sum(n), 0)::int AS n, coalesce(sum(met), 0)::int AS met FROM due GROUP BY 1) due
        LEFT JOIN denied ON denied.is_now = due.is_now"""


def _due(narrowing: Narrowing) -> str:
    """By period: `n` petitions to which a first contact came due, `met` of them in time, the first at `first_met_at`.

    Whole streets are counted by their clocks alone, less the few petitions whose person speaks of the street's own
    people in a matter that was sorted as something else.
    """
    one_by_one = OF_CLOCK.format(n="count(*)")
    if not narrowing.is_of_whole_streets:
        join, scope = narrowing.petition("p")
        to_petitions = f"""JOIN issues_issuepetition l ON l.issue_id = c.issue_id AND l.undone_at IS NULL
            JOIN residents_petition p ON p.id = l.petition_id AND p.subdistrict_id = c.subdistrict_id AND {OWED}
            {join}"""
        return PERIODS.counted(one_by_one, "issues_slaclock c", to_petitions, f"{OWES} {scope}", at="c.due_at")
    by_clocks = OF_CLOCK.format(n="sum(c.owed_to)")
    join, scope = narrowing.of_matter("c")
    whole = PERIODS.counted(by_clocks, "issues_slaclock c", join, f"{OWES} {scope}", at="c.due_at")
    if not narrowing.prelude:
        return whole
    hidden = PERIODS.counted(one_by_one, "hidden_by_word w", OF_PETITION.format(petition="w.id"), "true", at="c.due_at")
    return f"{whole} UNION ALL SELECT is_now, -n, -met, first_met_at FROM ({hidden}) hidden"


def _was_over(clock: str) -> str:
    """Whether the round of a matter to which `clock` belongs was over when `e` was given: none of its clocks ran.

    One by one, too: planned as a join it reads every clock there is.
    """
    return f"""NOT EXISTS (
                SELECT 1 FROM issues_slaclock k WHERE k.issue_id = {clock}.issue_id AND k.epoch = {clock}.epoch
                  AND coalesce(k.stopped_at, k.voided_at, 'infinity') > e.given_at OFFSET 0)"""


def ratings_sql(narrowing: Narrowing) -> str:
    """Satisfaction (满意率): ratings of 4–5 ÷ ratings given. `n` were given, `good` are of 4–5.

    `not_solved` say so: such a rating opens the petition again, so that its round had been finished.
    """
    join, scope = narrowing.rating("e")
    return PERIODS.counted(
        """count(*) AS n, count(*) FILTER (WHERE e.satisfaction >= 4) AS good,
            count(*) FILTER (WHERE NOT e.is_solved) AS not_solved""",
        "residents_evaluation e",
        join,
        f"true {scope}",
        at="e.given_at",
    )


# Of the round that stands finished the person has said nothing.
SILENT = "p.rated_epoch IS DISTINCT FROM p.epoch"


def finished_sql(narrowing: Narrowing) -> str:
    """Petitions that stand finished since an instant in the period: confirmed by their person, or by the staff alone.

    Confirmed is a rating of that very round that says “solved”; by the staff alone, a check on site since then that
    found it put right, where the person has said nothing.
    """
    join, scope = narrowing.petition("p")
    stands = f"p.state IN ('finished', 'closed') AND p.channel <> 'import' {scope}"
    in_all = f"""count(*) AS finished, count(*) FILTER (WHERE p.confirmed_epoch = p.epoch) AS confirmed,
            count(*) FILTER (WHERE {SILENT}) AS silent"""
    counted = PERIODS.counted(in_all, "residents_petition p", join, stands, at="p.finished_at")
    by_staff = PERIODS.counted(
        "count(*) AS n",
        "checked",
        f"JOIN residents_petition p ON p.id = checked.petition_id {join}",
        f"checked.at >= p.finished_at AND {SILENT} AND {stands}",
        at="p.finished_at",
    )
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
        SELECT counted.*, coalesce(by_staff.n, 0) AS staff_only
        FROM ({counted}) counted LEFT JOIN ({by_staff}) by_staff ON by_staff.is_now = counted.is_now"""


def read_response(contacts: Rows) -> Response:
    def rate(is_now: bool) -> Share:
        met = _count(contacts, is_now, "met") - _count(contacts, is_now, "denied")
        return Share(met, _count(contacts, is_now, "n"))

    return Response(Rate(rate(NOW), rate(BEFORE)), _count(contacts, NOW, "denied"))


def read_resolution(finished: Rows, ratings: Rows) -> Resolution:
    """Resolution (解决率): petitions that their person confirmed solved ÷ petitions that were finished."""

    def rate(is_now: bool) -> Share:
        not_solved = _count(ratings, is_now, "not_solved")
        return Share(_count(finished, is_now, "confirmed"), _count(finished, is_now, "finished") + not_solved)

    return Resolution(
        Rate(rate(NOW), rate(BEFORE)),
        not_solved=_count(ratings, NOW, "not_solved"),
        staff_only=_count(finished, NOW, "staff_only"),
        no_answer=_count(finished, NOW, "silent") - _count(finished, NOW, "staff_only"),
    )


def read_satisfaction(ratings: Rows) -> Rate:
    return Rate(_share(ratings, NOW, "good"), _share(ratings, BEFORE, "good"))


def read_not_solved(ratings: Rows) -> Rate:
    """Ratings that say “not solved” ÷ ratings."""
    return Rate(_share(ratings, NOW, "not_solved"), _share(ratings, BEFORE, "not_solved"))


def _count(rows: Rows, is_now: bool, name: str) -> int:
    return sum(row[name] for row in rows if row["is_now"] is is_now)


def _share(ratings: Rows, is_now: bool, part: str) -> Share:
    return Share(_count(ratings, is_now, part), _count(ratings, is_now, "n"))
