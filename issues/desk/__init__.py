"""What the community desk shows: the inbox, one matter beside what looks like it, and where it would go.

Reads only. Steps are taken in `issues.domain`: `triage`, `linking`, `declining`.
"""

from issues.desk.inbox import Inbox, inbox_of
from issues.desk.matters import Matter, candidates_for, matter_of
from issues.desk.offers import Offer, Tiles, offer_for, tiles_for

__all__ = [
    "Inbox",
    "Matter",
    "Offer",
    "Tiles",
    "candidates_for",
    "inbox_of",
    "matter_of",
    "offer_for",
    "tiles_for",
]
