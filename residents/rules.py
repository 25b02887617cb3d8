"""Who may do what with a petition."""

import rules

from governance.models import User
from residents.models import Petition, PetitionPhoto


@rules.predicate
def is_petitioner(user: User, petition: Petition) -> bool:
    return user.is_authenticated and user.is_active and petition.petitioner_id == user.pk


rules.add_rule("residents.is_petitioner", is_petitioner)


@rules.predicate
def is_of_own_matter(user: User, photo: PetitionPhoto) -> bool:
    """The photo is in the user's draft or on the user's petition; the staff's photos of the work are, too."""
    matter_of = photo.petition.petitioner_id if photo.petition else photo.draft.user_id if photo.draft else None
    return user.is_authenticated and user.is_active and matter_of == user.pk


rules.add_rule("residents.may_see_photo", is_of_own_matter)
