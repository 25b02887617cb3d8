"""The console's registers of this storey, all to be read: what residents say stays as they said it.

Importing a family registers it on `governance.admin.console`.
"""

from residents.admin import deeds, homes, petitions  # noqa: F401
