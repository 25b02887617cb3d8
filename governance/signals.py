"""The news this storey sends up, inside the transaction of what it tells."""

from django.dispatch import Signal

# A backup is taken, or has been restored beside the portal. Carries `at`; whoever hears it returns, by name, JSON-able
# figures as of that instant: what was told when it was taken must be told again by what came out of it.
figures_asked = Signal()

# The holidays of a year have been loaded or corrected: deadlines that were counted without them move. Carries `at`.
year_loaded = Signal()

# A day has been made a holiday or a workday, or an ordinary day again. Carries `days`, `actor` and `at`.
days_changed = Signal()
