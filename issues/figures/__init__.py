"""What the office reads off its own records: figures for the dashboard, asked of the rows as they are, never kept.

One file per family of figures. Each has its SQL, its definition in words, and what it reads out of the answer;
`asking` puts them into few statements. `tests/issues/figures` works every one of them out again, row by row.

Not here: what the public may read (`issues.ledger`). Nothing in here names a person, and no row of it is about one.
"""

from issues.figures.burning import Burning, Burns, burning
from issues.figures.choice import Choice, Ignored, Period
from issues.figures.narrowing import Narrowing
from issues.figures.office import Figures, figures_of
from issues.figures.sight import Registers, Sight, sight_of

__all__ = [
    "Burning",
    "Burns",
    "Choice",
    "Figures",
    "Ignored",
    "Narrowing",
    "Period",
    "Registers",
    "Sight",
    "burning",
    "figures_of",
    "sight_of",
]
