"""The nouns of residents: who lives here, and what they say."""

from residents.models.occupancy import DeclineReason, Occupancy, OccupancyRelation, OccupancyState, Resident
from residents.models.petitions import (
    Evaluation,
    NameVisibility,
    Petition,
    PetitionChannel,
    PetitionDraft,
    PetitionPhoto,
    PetitionStage,
    PetitionUpdate,
    PhotoKind,
)

__all__ = [
    "DeclineReason",
    "Evaluation",
    "NameVisibility",
    "Occupancy",
    "OccupancyRelation",
    "OccupancyState",
    "Petition",
    "PetitionChannel",
    "PetitionDraft",
    "PetitionPhoto",
    "PetitionStage",
    "PetitionUpdate",
    "PhotoKind",
    "Resident",
]
