"""The words of the notices about votes."""

from django.utils.translation import gettext_lazy as _

from governance.messages import register

register(
    "ballot_recorded",
    _("A ballot for your home was handed in"),
    _(
        "%(title)s: a ballot for %(unit)s was taken. If that was neither you, nor a co-owner, nor whoever holds your "
        "mandate, say so at the community office; while the vote is open you can hand in your own here."
    ),
)
