"""The conditions that a choice puts on rows, as SQL: on a matter, on what speaks of a matter, on a petition.

Written by hand because the figures are: a condition must keep the whole scope in one indexed comparison where it can.
Values are parameters, always; nothing that a person has typed becomes SQL.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from issues.figures.choice import Choice
from residents.models import PetitionChannel

PRESENT_BODY = (
    """(SELECT o_.body_id FROM issues_workorder o_ WHERE o_.issue_id = {issue} ORDER BY o_.id DESC LIMIT 1)"""
)

# Complaints about a street's own people, all found by their category: its matters of such categories, the petitions
# that speak of them now, those whose own words were about that, and those of both.
HIDDEN_MATTERS = """WITH hidden_matters AS MATERIALIZED (
    SELECT id FROM issues_issue
    WHERE subdistrict_id = ANY(%(own)s) AND category_id = ANY(%(past_the_street)s)
)
"""
HIDDEN = f"""{HIDDEN_MATTERS}, hidden_by_matter AS MATERIALIZED (
    SELECT petition_id AS id FROM issues_issuepetition
    WHERE subdistrict_id = ANY(%(own)s) AND category_id = ANY(%(past_the_street)s) AND undone_at IS NULL
), hidden_by_word AS MATERIALIZED (
    SELECT id FROM residents_petition
    WHERE subdistrict_id = ANY(%(own)s) AND category_id = ANY(%(past_the_street)s)
      AND id NOT IN (SELECT id FROM hidden_by_matter)
), hidden_petitions AS MATERIALIZED (
    SELECT id FROM hidden_by_matter UNION ALL SELECT id FROM hidden_by_word
)
"""


def of_people(row: str) -> str:
    """On a clock or an order: that its matter isn't what a body has committed itself to. These are few."""
    return (
        f"{row}.issue_id NOT IN (SELECT x_.id FROM issues_issue x_"
        " WHERE x_.subdistrict_id = ANY(%(streets)s) AND x_.is_commitment)"
    )


@dataclass(frozen=True)
class Narrowing:
    """What `choice` leaves of the rows. Each condition begins with AND, or is empty."""

    choice: Choice

    @cached_property
    def facts(self) -> dict[str, Any]:
        choice, sight, period = self.choice, self.choice.sight, self.choice.period
        return {
            "now": choice.now,
            "starts": period.starts_at,
            "ends": period.ends_at,
            "before_starts": period.before_starts_at,
            "before_ends": period.before_ends_at,
            "weeks": list(period.weeks),
            "weeks_end": [*period.weeks[1:], period.ends_at],
            "streets": choice.streets,
            "free": sorted(sight.free),
            "own": sorted(sight.own),
            "parts": sorted(sight.communities),
            "past_the_street": sorted(sight.past_the_street),
            "past_the_community": sorted(sight.past_the_community),
            "community": choice.community,
            "estate": choice.estate,
            "body": choice.body,
            "category": choice.category,
            "channel": choice.channel,
        }

    @property
    def prelude(self) -> str:
        """What a statement begins with: the few rows that go past the streets' own officers, looked for once."""
        return HIDDEN if self._looks_for_hidden else ""

    @property
    def prelude_of_matters(self) -> str:
        """The same for a statement that reads no petitions: PostgreSQL plans the rest even where nobody asks for it."""
        return HIDDEN_MATTERS if self._looks_for_hidden else ""

    @property
    def is_of_whole_streets(self) -> bool:
        """Whether streets are counted as a whole, but for the few rows that `prelude` finds."""
        return not self._filters("i") and (self._counts_everything or self._hides_few)

    # --- a row of issues_issue ---

    def matter(self, i: str = "i", body: str = "") -> str:
        """On a matter. `body` is the column that says whose it is; else whoever has it, or had it last."""
        return f"AND {i}.subdistrict_id = ANY(%(streets)s) {self._sight(i)} {self._filters(i, body)}"

    def _sight(self, i: str) -> str:
        """Nothing more, where only streets of which everything counts are looked at."""
        sight, parts = self.choice.sight, []
        looked_at = frozenset(self.choice.streets)
        if looked_at & sight.free:
            parts.append(f"{i}.subdistrict_id = ANY(%(free)s)")
        if looked_at & sight.own:
            hidden = f" AND {i}.category_id <> ALL(%(past_the_street)s)" if sight.past_the_street else ""
            parts.append(f"{i}.subdistrict_id = ANY(%(own)s){hidden}")
        if looked_at & sight.around:
            parts.append(f"{i}.community_id = ANY(%(parts)s) AND {i}.category_id <> ALL(%(past_the_community)s)")
        if not parts:
            return "AND false"
        return "" if self._counts_everything else "AND (" + " OR ".join(f"({part})" for part in parts) + ")"

    @property
    def _counts_everything(self) -> bool:
        sight, looked_at = self.choice.sight, frozenset(self.choice.streets)
        return bool(looked_at) and looked_at <= (sight.free if sight.past_the_street else sight.free | sight.own)

    @property
    def _looks_for_hidden(self) -> bool:
        return not self._counts_everything and self._hides_few

    @property
    def _hides_few(self) -> bool:
        """Whether streets are counted as a whole, but for what goes past them."""
        return bool(self.choice.streets) and not frozenset(self.choice.streets) & self.choice.sight.around

    def _filters(self, i: str, body: str = "") -> str:
        choice, said = self.choice, []
        if choice.community is not None:
            said.append(f"AND {i}.community_id = %(community)s")
        if choice.estate is not None:
            said.append(f"AND {i}.estate_id = %(estate)s")
        if choice.category is not None:
            said.append(f"AND {i}.category_id = %(category)s")
        if choice.body is not None:
            said.append(f"AND {body or PRESENT_BODY.format(issue=f'{i}.id')} = %(body)s")
        if choice.channel:
            found = f" OR {i}.found_by_id IS NOT NULL" if choice.channel == PetitionChannel.PATROL else ""
            said.append(
                "AND (EXISTS (SELECT 1 FROM issues_issuepetition l_"
                " JOIN residents_petition p_ ON p_.id = l_.petition_id"
                f" WHERE l_.issue_id = {i}.id AND l_.undone_at IS NULL AND p_.channel = %(channel)s){found})"
            )
        return " ".join(said)

    # --- a row that has a street and an issue: a clock, an order ---

    def of_matter(self, row: str, body: str = "") -> tuple[str, str]:
        """What to join and to ask of a clock or an order. The matter's own row is looked at only if it must be."""
        scope = f"AND {row}.subdistrict_id = ANY(%(streets)s)"
        if not self.choice.streets:
            return "", f"{scope} AND false"
        is_plain = not self._filters("i")
        if is_plain and self._counts_everything:
            return "", scope
        if is_plain and self._hides_few:
            return "", f"{scope} AND {row}.issue_id NOT IN (SELECT id FROM hidden_matters)"
        return f"JOIN issues_issue i ON i.id = {row}.issue_id", f"{scope} {self.matter('i', body)}"

    # --- a petition ---

    def petition(self, p: str = "p") -> tuple[str, str]:
        """What to join and to ask of a petition. Its matter says what it is about; until it has one, itself.

        A complaint goes past people if it does by either: by what was said, or by how it was sorted.
        """
        choice = self.choice
        scope = f"AND {p}.subdistrict_id = ANY(%(streets)s)"
        if not choice.streets:
            return "", f"{scope} AND false"
        said = [scope]
        if choice.community is not None:
            said.append(f"AND {p}.community_id = %(community)s")
        if choice.estate is not None:
            said.append(f"AND {p}.estate_id = %(estate)s")
        if choice.channel:
            said.append(f"AND {p}.channel = %(channel)s")
        not_past = f"coalesce({p}.category_id <> ALL(%(past_the_{{who}})s), true)"
        is_about = choice.category is not None or choice.body is not None
        if not is_about and self._counts_everything:
            return "", " ".join(said)
        if not is_about and self._hides_few:
            return "", " ".join((*said, f"AND {p}.id NOT IN (SELECT id FROM hidden_petitions)"))
        subject = f"coalesce(i.category_id, {p}.category_id)"
        hides_not = f"{not_past} AND coalesce(i.category_id <> ALL(%(past_the_{{who}})s), true)"
        parts = []
        sight, looked_at = choice.sight, frozenset(choice.streets)
        if looked_at & sight.free:
            parts.append(f"({p}.subdistrict_id = ANY(%(free)s))")
        if looked_at & sight.own:
            parts.append(f"({p}.subdistrict_id = ANY(%(own)s) AND {hides_not.format(who='street')})")
        if looked_at & sight.around:
            parts.append(f"({p}.community_id = ANY(%(parts)s) AND {hides_not.format(who='community')})")
        said.append("AND (" + " OR ".join(parts) + ")")
        if choice.category is not None:
            said.append(f"AND {subject} = %(category)s")
        if choice.body is not None:
            said.append(f"AND {PRESENT_BODY.format(issue='i.id')} = %(body)s")
        join = (
            f"LEFT JOIN issues_issuepetition m ON m.petition_id = {p}.id AND m.undone_at IS NULL"
            f" LEFT JOIN issues_issue i ON i.id = m.issue_id"
        )
        return join, " ".join(said)

    # --- a rating ---

    def rating(self, e: str = "e") -> tuple[str, str]:
        """What to join and to ask of a rating. Its petition's own row is looked at only if it must be."""
        scope = f"AND {e}.subdistrict_id = ANY(%(streets)s)"
        if not self.is_of_whole_streets:
            join, of_petition = self.petition("p")
            return f"JOIN residents_petition p ON p.id = {e}.petition_id {join}", f"{scope} {of_petition}"
        return "", f"{scope} AND {e}.petition_id NOT IN (SELECT id FROM hidden_petitions)" if self.prelude else scope
