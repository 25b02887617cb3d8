"""What the orders tell: arrivals that are proven or only claimed, finished within a minute of them, opened again."""

from dataclasses import dataclass

from issues.figures.asking import Rows
from issues.figures.narrowing import Narrowing, of_people
from issues.figures.shares import Share


@dataclass(frozen=True)
class Arrivals:
    """`proven` by the building's code or the resident's word; `with_finish` were never on site as far as is known."""

    all: int = 0
    proven: int = 0
    claimed: int = 0
    with_finish: int = 0
    under_a_minute: int = 0


def arrivals_sql(narrowing: Narrowing) -> str:
    """Orders whose arrival lies in the period, by how it is known. Reported finished in the same breath is neither
    proven nor claimed; else finished less than a minute after arriving is counted, whoever's order it was."""
    join, scope = narrowing.of_matter("o", "o.body_id")
    return f"""
        SELECT count(*) AS all,
               count(*) FILTER (WHERE o.arrival_proof IN ('qr', 'resident')) AS proven,
               count(*) FILTER (WHERE o.arrival_proof = 'claimed') AS claimed,
               count(*) FILTER (WHERE o.arrival_proof = 'with_finish') AS with_finish,
               count(*) FILTER (WHERE o.arrival_proof <> 'with_finish'
                 AND o.finished_at - o.arrived_at < interval '1 minute') AS under_a_minute
        FROM issues_workorder o {join}
        WHERE o.arrived_at >= %(starts)s AND o.arrived_at < %(ends)s AND {of_people("o")} {scope}"""


def reopened_sql(narrowing: Narrowing) -> str:
    """Orders reported finished in the period, and those among them whose matter was given out once more afterwards."""
    join, scope = narrowing.of_matter("o", "o.body_id")
    return f"""
        SELECT count(*) AS finished, count(*) FILTER (WHERE o.issue_id IN (
                 SELECT x.id FROM issues_issue x WHERE x.subdistrict_id = ANY(%(streets)s) AND x.epoch > 1)
               AND EXISTS (SELECT 1 FROM issues_workorder n WHERE n.issue_id = o.issue_id AND n.id > o.id)) AS again
        FROM issues_workorder o {join}
        WHERE o.state = 'done' AND o.finished_at >= %(starts)s AND o.finished_at < %(ends)s
          AND {of_people("o")} {scope}"""


def read_arrivals(rows: Rows) -> Arrivals:
    return Arrivals(**rows[0])


def read_reopened(rows: Rows) -> Share:
    return Share(rows[0]["again"], rows[0]["finished"])
