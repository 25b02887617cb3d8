"""What carries a notice out of the portal: one interface, and the console for the demo."""

from dataclasses import dataclass
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from governance.models import Channel


@dataclass(frozen=True)
class Handed:
    """The provider has taken the message. `delivered` is its receipt, if it gave one at once."""

    provider_ref: str
    delivered: bool = False


class CarrierError(Exception):
    """The provider didn't take the message; it is tried again later."""


class Carrier(Protocol):
    def send(self, *, address: str, subject: str, body: str, reference: str) -> Handed:
        """Hand over one message. `reference` is the notice's public id: the same one may be handed over twice."""
        ...


def carrier_for(channel: str) -> Carrier:
    """The carrier that settings name for a channel."""
    path = {
        Channel.SMS: settings.SMS_ADAPTER,
        Channel.VOICE: settings.VOICE_ADAPTER,
        Channel.EMAIL: "governance.adapters.email.Email",
    }[Channel(channel)]
    return import_string(path)()
