"""The console's registers of deliberation: kinds of meetings and rule sets, each edited into new versions.

Votes, meetings and surveys themselves have none: they are led at the desk. Importing a family registers it.
"""

from issues.deliberation.admin import deeds, mechanisms, rule_sets  # noqa: F401
