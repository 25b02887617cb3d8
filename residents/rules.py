"""Who may do what with a petition."""

import rules

from governance.models import User
from residents.models import Petition


@rules.predicate
def is_petitioner(user: User, petition: Petition) -> bool:
    return user.is_authenticated and user.is_active and petition.petitioner_id == user.pk


rules.add_rule("residents.is_petitioner", is_petitioner)
