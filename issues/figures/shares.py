"""A share of something, that never divides by nothing and never comes without its n."""

from dataclasses import dataclass
from fractions import Fraction

# Below this a percentage says more about chance than about anybody.
FEW = 20


@dataclass(frozen=True)
class Share:
    """`part` of `n`."""

    part: int = 0
    n: int = 0

    @property
    def fraction(self) -> Fraction | None:
        return Fraction(self.part, self.n) if self.n else None

    @property
    def is_few(self) -> bool:
        return self.n < FEW

    @property
    def percent(self) -> str:
        """“93.4 %”, rounded to a tenth, never up to 100 nor down to 0; empty where there is nothing to share."""
        if self.fraction is None:
            return ""
        tenths = round(self.fraction * 1000)
        if tenths == 1000 and self.part < self.n:
            tenths = 999
        if tenths == 0 and self.part:
            tenths = 1
        whole, tenth = divmod(tenths, 10)
        return f"{whole}.{tenth} %" if tenth else f"{whole} %"

    def __add__(self, other: "Share") -> "Share":
        return Share(self.part + other.part, self.n + other.n)
