"""What the address of the queue asks for: whose orders, at which building, which page, which lost claims to keep."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

TAKEN_AT_MOST = 5


class BadFilter(ValueError):
    """The address asks for something that no filter of the queue offers."""


class Whose:
    OURS, MINE, UNACCEPTED, AREA = "", "mine", "unaccepted", "area"


class Taken(NamedTuple):
    """A claim that somebody else won, kept on the page until it is left: which order, and how many seconds late."""

    public_id: UUID
    late_seconds: int

    def __str__(self) -> str:
        return f"{self.public_id}~{self.late_seconds}"

    @classmethod
    def parse(cls, text: str) -> "Taken":
        order, _separator, seconds = text.partition("~")
        try:
            return cls(UUID(order), min(max(int(seconds or "0"), 0), 86_400))
        except ValueError as error:
            raise BadFilter(text) from error


@dataclass(frozen=True)
class Asked:
    """What the address asks for. Raises `BadFilter` when it can't be read."""

    whose: str = Whose.OURS
    building: str = ""
    page: int = 1
    taken: tuple[Taken, ...] = ()

    @classmethod
    def read(cls, query: Mapping[str, Any], taken: Iterable[str] = ()) -> "Asked":
        whose, page = query.get("whose", ""), query.get("page", "1")
        if whose not in (Whose.OURS, Whose.MINE, Whose.UNACCEPTED, Whose.AREA):
            raise BadFilter(whose)
        if not (page.isascii() and page.isdigit() and len(page) <= 6 and int(page) >= 1):
            raise BadFilter(page)
        notes = tuple(Taken.parse(text) for text in list(taken)[-TAKEN_AT_MOST:])
        return cls(whose, query.get("building", "")[:120], int(page), notes)

    @property
    def place(self) -> tuple[str, str]:
        """The estate, and the building where one is asked for: 春和苑小区/5栋. Both empty for all of them."""
        estate, _separator, building = self.building.partition("/")
        return estate, building

    @property
    def is_filtered(self) -> bool:
        return bool(self.whose or self.building)

    def address(self, *, page: int | None = None) -> str:
        """The query string of this view, `?whose=mine&page=2`, or nothing for the plain queue."""
        number = page or self.page
        pairs = {"whose": self.whose, "building": self.building, "page": str(number) if number > 1 else ""}
        said = urlencode({name: value for name, value in pairs.items() if value})
        return f"?{said}" if said else ""
