"""Who manages an estate on a day."""

from datetime import datetime

from governance.domain.moment import local_day
from governance.models import Management


def management_of(estate_id: int, at: datetime) -> Management | None:
    """Who manages the estate on the local day of `at`, or None: then the community answers for it."""
    return Management.objects.in_force(local_day(at)).select_related("body").filter(estate_id=estate_id).first()
