"""The news this storey sends up; `issues.receivers` listens. Every signal but the last carries `petition` and `at`.

`petition_filed` is sent after the commit, `receipt_asked` when somebody wants to read who has it and nobody has yet.
What goes wrong with these two is made good by the sweep: filing never fails because the office is closed, and waits for
nobody. All others are sent inside the transaction of what they tell: both happen or neither.
`petition_about_to_change` is sent before the petition's row is locked: what must be locked before it is locked now.
"""

from django.dispatch import Signal

petition_filed = Signal()
receipt_asked = Signal()
petition_about_to_change = Signal()
petition_supplemented = Signal()
petition_nudged = Signal()
petition_withdrawn = Signal()
petition_reopened = Signal()
petition_closed = Signal()
someone_is_here = Signal()

# The words of petitions were erased, their time being over. Carries `petitions`, their ids, and `at`; whoever has
# copied some of these words erases the copy.
petitions_forgotten = Signal()
