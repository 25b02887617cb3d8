"""Prints what a provider would send, and confirms it at once. For the demo."""

import sys

from governance.adapters import Handed


class _Console:
    label = ""

    def send(self, *, address: str, subject: str, body: str, reference: str) -> Handed:
        # One write: several processes share the terminal.
        sys.stdout.write(f"[{self.label} → {address}] {subject}: {body}\n")
        sys.stdout.flush()
        return Handed(provider_ref=f"console-{reference}", delivered=True)


class ConsoleSms(_Console):
    label = "SMS"


class ConsoleVoice(_Console):
    label = "CALL"
