"""The nouns of residents: who lives here, and what they say."""

from residents.models.imports import ImportedPetition, PetitionImport
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
    "ImportedPetition",
    "NameVisibility",
    "Occupancy",
    "OccupancyRelation",
    "OccupancyState",
    "Petition",
    "PetitionChannel",
    "PetitionDraft",
    "PetitionImport",
    "PetitionPhoto",
    "PetitionStage",
    "PetitionUpdate",
    "PhotoKind",
    "Resident",
]
