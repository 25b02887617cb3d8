"""The news this storey sends up, each after the commit of what it tells. `issues.receivers` listens.

Every signal carries `petition_id` and `at`; `petition_evaluated` also `solved`, `someone_is_here` nothing more.
"""

from django.dispatch import Signal

petition_filed = Signal()
petition_supplemented = Signal()
petition_nudged = Signal()
petition_withdrawn = Signal()
petition_evaluated = Signal()
someone_is_here = Signal()
