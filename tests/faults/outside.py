"""The judge: plain SQL on a connection of its own, which shares nothing with the code it judges."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tests.config.processes import eventually


class Outside:
    """Questions to the database, from outside."""

    def __init__(self, database: dict[str, Any]):
        self._place = {
            "dbname": database["NAME"],
            "user": database["USER"],
            "password": database.get("PASSWORD") or None,
            "host": database["HOST"] or None,
            "port": database["PORT"] or None,
        }
        self._connection = self.connect()

    def connect(self) -> psycopg.Connection:
        return psycopg.connect(**self._place, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def rows(self, statement: str, *values: Any) -> list[tuple]:
        return self._connection.execute(statement, values).fetchall()

    def value(self, statement: str, *values: Any) -> Any:
        return self._connection.execute(statement, values).fetchone()[0]

    @contextmanager
    def holding(self, statement: str) -> Iterator[None]:
        """Hold the locks that `statement` takes for as long as the block lasts."""
        with self.connect() as holder, holder.transaction():
            holder.execute(statement)
            yield

    def wait_for_somebody_stuck_on(self, words: str, seconds: float = 30.0) -> None:
        """Wait until a session whose statement has `words` waits for a lock."""
        stuck = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE %s"
        assert eventually(lambda: self.value(stuck, f"%{words}%") > 0, seconds), self.sessions()

    def sessions(self) -> list[tuple]:
        return self.rows(
            "SELECT pid, state, wait_event_type, left(query, 99) FROM pg_stat_activity "
            "WHERE datname = current_database()"
        )

    # --- what must be true whatever died ---

    def fired_twice(self) -> list[tuple]:
        return self.rows(
            "SELECT clock_id, epoch, rung_id, count(*) FROM issues_escalation GROUP BY 1, 2, 3 HAVING count(*) > 1"
        )

    def left_out(self, at: str) -> list[tuple]:
        """Rungs of running clocks that were due by `at` and have not fired. Reckoned here anew; no working days."""
        return self.rows(
            """
            SELECT clock.id, rung.code FROM issues_slaclock clock
            JOIN issues_escalationrung rung ON rung.policy_id = clock.policy_id AND NOT rung.next_working_day
            LEFT JOIN issues_escalation fired ON fired.clock_id = clock.id AND fired.rung_id = rung.id
            WHERE clock.stopped_at IS NULL AND clock.voided_at IS NULL AND fired.id IS NULL
              AND COALESCE(clock.starts_at + (clock.due_at - clock.starts_at) * rung.at_percent / 100,
                           clock.due_at + rung.after_minutes * interval '1 minute') <= %s::timestamptz
            """,
            at,
        )

    def told_twice(self) -> list[tuple]:
        """People told the same thing by one channel more than once."""
        return self.rows(
            """
            SELECT recipient_id, message_key, channel, link, params, created_at, count(*) FROM governance_notice
            WHERE message_key NOT LIKE '%%digest' GROUP BY 1, 2, 3, 4, 5, 6 HAVING count(*) > 1
            """
        )

    def breaches_untold(self) -> list[tuple]:
        """Timelines whose “it is late” is not there exactly once for each breach of the matter's clocks."""
        return self.rows(
            """
            SELECT link.petition_id, count(*) AS breaches,
                   (SELECT count(*) FROM residents_petitionupdate line
                    WHERE line.petition_id = link.petition_id AND line.kind = 'breached') AS lines
            FROM issues_escalation fired
            JOIN issues_escalationrung rung ON rung.id = fired.rung_id AND rung.after_minutes = 0
            JOIN issues_slaclock clock ON clock.id = fired.clock_id
            JOIN issues_issuepetition link ON link.issue_id = clock.issue_id AND link.undone_at IS NULL
            GROUP BY link.petition_id
            HAVING count(*) <> (SELECT count(*) FROM residents_petitionupdate line
                                WHERE line.petition_id = link.petition_id AND line.kind = 'breached')
            """
        )

    def half_states(self) -> list[tuple]:
        """Matters whose petition, issue, order, clocks and supervision don't tell the same story."""
        return self.rows(
            """
            SELECT issue.id, issue.state, petition.state, wo.state, running.number
            FROM issues_issue issue
            JOIN issues_issuepetition link ON link.issue_id = issue.id AND link.undone_at IS NULL
            JOIN residents_petition petition ON petition.id = link.petition_id
            JOIN LATERAL (SELECT state FROM issues_workorder WHERE issue_id = issue.id ORDER BY id DESC LIMIT 1) wo
                ON TRUE
            CROSS JOIN LATERAL (SELECT count(*) AS number FROM issues_slaclock WHERE issue_id = issue.id
                                AND stopped_at IS NULL AND voided_at IS NULL) running
            CROSS JOIN LATERAL (SELECT count(*) AS number FROM issues_supervisionorder WHERE issue_id = issue.id
                                AND state = 'issued' AND epoch <= issue.epoch) supervised
            WHERE NOT CASE issue.state
                WHEN 'open' THEN wo.state IN ('dispatched', 'accepted', 'arrived')
                    AND petition.state IN ('in_hand', 'finished', 'closed', 'withdrawn')
                WHEN 'finished' THEN wo.state = 'done' AND running.number = 0 AND supervised.number = 0
                    AND petition.state IN ('finished', 'closed', 'withdrawn')
                WHEN 'closed' THEN wo.state = 'done' AND running.number = 0
                    AND petition.state IN ('closed', 'withdrawn')
                WHEN 'withdrawn' THEN wo.state = 'cancelled' AND running.number = 0 AND petition.state = 'withdrawn'
                END
            """
        )
