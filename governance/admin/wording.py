"""Words of other libraries that the console shows: named here, so that our catalogues have them."""

from django.utils.translation import gettext_noop

# Of django-tree-queries: a party organisation put below itself.
OF_THE_TREE = gettext_noop("A node cannot be made a descendant of itself.")
