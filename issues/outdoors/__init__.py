"""What the grid worker's phone shows: what to check, what is open here, quarrels to look after, one's own findings.

Reads only. What is done outdoors is in `issues.domain.findings`, `verification` and `mediation`.
"""

from issues.outdoors.matter import Matter, matter_of, matters, mediations_of
from issues.outdoors.places import buildings_walked
from issues.outdoors.today import SECTIONS, Section, Today, at_building, section_of, today_of

__all__ = [
    "SECTIONS",
    "Matter",
    "Section",
    "Today",
    "at_building",
    "buildings_walked",
    "matter_of",
    "matters",
    "mediations_of",
    "section_of",
    "today_of",
]
