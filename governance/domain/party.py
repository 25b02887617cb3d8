"""Party organisations: who stands above whom, who shares and joins what, who belongs where, and what is given to whom.

Every verb writes through `governance.domain.registers` with its entry in the audit trail. A person's name never goes
into an entry: that somebody belongs to the party is sensitive (RULES.md §3). Numbers of members that are usual are
warned about by `warnings_of`, never enforced.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

# An organisation has the members of those below it. A body's organisation has not those of other bodies' or of joint
# branches that happen to stand below it.
_ORGANISATIONS = """
WITH RECURSIVE below(top, id, body_id) AS (
    SELECT b.id, b.id, b.body_id FROM governance_partybranch b
    WHERE (b.ended_on IS NULL OR b.ended_on >= %(day)s)
      AND (b.id = ANY(%(tops)s) OR b.body_id = ANY(%(bodies)s) OR EXISTS (
          SELECT 1 FROM governance_jointunit u WHERE u.branch_id = b.id AND u.body_id = ANY(%(bodies)s)
          AND b.kind = 'joint_branch' AND u.since <= %(day)s AND (u.ended_on IS NULL OR u.ended_on >= %(day)s)))
    UNION ALL
    SELECT below.top, b.id, below.body_id FROM governance_partybranch b JOIN below ON b.parent_id = below.id
    WHERE (b.ended_on IS NULL OR b.ended_on >= %(day)s)
      AND (below.body_id IS NULL
           OR b.kind <> 'joint_branch' AND (b.body_id IS NULL OR b.body_id = below.body_id))
)
SELECT top.id, top.name, top.kind, top.body_id,
       (SELECT array_agg(u.body_id) FROM governance_jointunit u
        WHERE u.branch_id = top.id AND top.kind = 'joint_branch'
          AND u.since <= %(day)s AND (u.ended_on IS NULL OR u.ended_on >= %(day)s)),
       member.body_id,
       count(m.id) FILTER (WHERE m.standing = 'full'),
       count(m.id) FILTER (WHERE m.standing = 'probationary')
FROM below
JOIN governance_partybranch top ON top.id = below.top
LEFT JOIN governance_membership m ON m.branch_id = below.id
      AND m.since <= %(day)s AND (m.ended_on IS NULL OR m.ended_on >= %(day)s)
LEFT JOIN governance_partymember member ON member.id = m.member_id
GROUP BY top.id, member.body_id
ORDER BY top.id
"""


@dataclass
class Organisation:
    """A party organisation on a day, with the organisations below it: how many members, and of which bodies.

    `units` are the bodies that share a joint branch. Of its members only numbers are here.
    """

    pk: int
    name: str
    kind: str
    body_id: int | None
    units: frozenset[int]
    full_members_by_body: Counter[int | None] = field(default_factory=Counter)
    probationary_members: int = 0

    @property
    def full_members(self) -> int:
        return self.full_members_by_body.total()


def organisations_of(bodies: Iterable[int], day: date, *, also: Iterable[int] = ()) -> list[Organisation]:
    """The organisations that stand on the day: those of the `bodies`, the joint branches that these share, and `also`.

    Asks the database once.
    """
    facts = {"bodies": sorted(bodies), "tops": sorted(also), "day": day}
    with connection.cursor() as cursor:
        cursor.execute(_ORGANISATIONS, facts)
        rows = cursor.fetchall()
    found: dict[int, Organisation] = {}
    for pk, name, kind, body_id, units, works_for, full, probationary in rows:
        organisation = found.setdefault(pk, Organisation(pk, name, kind, body_id, frozenset(units or ())))
        organisation.full_members_by_body[works_for] += full
        organisation.probationary_members += probationary
    return list(found.values())
