"""What the ticket queue shows: whose orders, grouped by what is due next, each row with the one right action.

Reads only, and says nothing about looks. Steps are taken in `issues.domain.handling`.
"""

from issues.queue.asked import Asked, BadFilter, Taken
from issues.queue.outline import NoSuchPage, Outline, outline_of
from issues.queue.page import Queue, queue_of
from issues.queue.people import holder_name, role_at, spoken_by, with_holder_role
from issues.queue.rows import HOUR, LATER, OVERDUE, TODAY, Row, group_of, next_action, row_of

__all__ = [
    "HOUR",
    "LATER",
    "OVERDUE",
    "TODAY",
    "Asked",
    "BadFilter",
    "NoSuchPage",
    "Outline",
    "Queue",
    "Row",
    "Taken",
    "group_of",
    "holder_name",
    "next_action",
    "outline_of",
    "queue_of",
    "role_at",
    "row_of",
    "spoken_by",
    "with_holder_role",
]
