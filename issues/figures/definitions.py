"""What each figure is, in words: on the page beside it, on the first sheet of the workbook, and in docs/figures.md."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DEFINITIONS: dict[str, str | Promise] = {
    "burning": _(
        "Open matters with a promise that is overdue or due within two hours; each once, with the promise that is due "
        "first. The longest overdue stands first."
    ),
    "promises": _(
        "Clocks that stopped by their due time ÷ clocks that came due in the week, Monday to Sunday. Voided clocks "
        "(merged, withdrawn) don't count; one that still runs past its time counts as not kept."
    ),
    "piling": _("Open matters by the stage they are at now and by whole days since the first petition was filed."),
    "response": _(
        "Petitions whose person was contacted in time ÷ petitions for which that came due. The promise is the first "
        "response, or the arrival where none is promised. If the person says “nobody contacted me”, nobody did."
    ),
    "resolution": _(
        "Petitions that their own person confirmed solved ÷ petitions finished. “Not solved” counts as finished and "
        "not confirmed; so does what only the staff have checked, and what nobody has answered."
    ),
    "satisfaction": _(
        "Ratings of 4–5 ÷ all ratings. Only the petitioner can rate, and only in the portal: none is taken by phone."
    ),
    "arrivals": _(
        "Proven: the building's code was scanned, or the resident said that somebody was there. Claimed: only the "
        "staff say so. Reported finished without any arrival stands apart."
    ),
    "lengths": _(
        "Matters finished in the period: from the first petition to the finish, on the wall's clock, with every round "
        "in between. Half took no longer than the median, nine in ten no longer than the second figure."
    ),
    "about": _(
        "Matters filed in the period by category, beside the period before. Many who report one thing are one matter."
    ),
    "solved": _(
        "Opened again: orders reported finished in the period whose matter was given out once more ÷ orders reported "
        "finished. Not solved: ratings that say so ÷ ratings."
    ),
    "heard": _(
        "Petitions filed in the period for every 100 homes in the register, by estate, whatever became of them. Few "
        "may mean that all is well, or that nobody expects an answer."
    ),
    "streets": _("The same figures for each street by itself."),
}

LEFT_OUT: str | Promise = _(
    "No official formula was found for the three rates: these are ours, counted per petition, and can be worked out "
    "again from the records."
)
