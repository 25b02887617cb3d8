"""Prints what a provider would send, and confirms it at once. For the demo, and there only."""

import sys

from django.conf import settings

from governance.adapters import CarrierError, Handed


class _Console:
    label = ""

    def send(self, *, address: str, subject: str, body: str, reference: str) -> Handed:
        if not settings.DEMO:
            # Printing would put numbers and sign-in codes into a log, and call people reached whom nobody has told.
            raise CarrierError("no provider: SMS_ADAPTER and VOICE_ADAPTER name the demo's console")
        # One write: several processes share the terminal.
        sys.stdout.write(f"[{self.label} → {address}] {subject}: {body}\n")
        sys.stdout.flush()
        return Handed(provider_ref=f"console-{reference}", delivered=True)


class ConsoleSms(_Console):
    label = "SMS"


class ConsoleVoice(_Console):
    label = "CALL"
