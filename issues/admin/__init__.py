"""The console's registers of this storey: matters and orders to be read, policies and hours to be edited.

Importing a family registers it on `governance.admin.console`.
"""

from issues.admin import calendars, deeds, matters, policies  # noqa: F401
