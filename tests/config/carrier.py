"""A carrier for tests of production: what it is handed goes into a file, and it says that all was delivered."""

import json
import os
from pathlib import Path

from governance.adapters import Handed


class IntoAFile:
    def send(self, *, address: str, subject: str, body: str, reference: str) -> Handed:
        with Path(os.environ["SENT_MESSAGES"]).open("a") as file:
            file.write(json.dumps({"address": address, "body": body}, ensure_ascii=False) + "\n")
        return Handed(provider_ref=f"file-{reference}", delivered=True)
