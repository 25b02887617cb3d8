"""`manage.py response_times --subdistrict CODE`: how many petitions were answered, how many in time, the median."""

import json
import re
from argparse import ArgumentParser, ArgumentTypeError
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand

from governance.management.places import subdistrict_meant
from residents.domain.answering import response_times
from residents.models import PetitionChannel

_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1)}


def span(said: str) -> tuple[str, timedelta]:
    """`15d` or `36h`, under its own name."""
    match = re.fullmatch(r"([1-9]\d{0,4})([hd])", said)
    if match is None:
        raise ArgumentTypeError(f"{said} is no span: write days or hours, like 15d or 36h")
    return said, int(match[1]) * _UNITS[match[2]]


class Command(BaseCommand):
    help = (
        "Prints how many of a street's petitions were answered, how many within each span, and the median in days. "
        "Answered is the first word of somebody to the person on the matter itself: a reply, a note, a plan, the "
        "result, or that it isn't taken up. Spans are counted around the clock, from filing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--subdistrict", required=True, metavar="CODE", help="its name, “district/name” if several, or its number"
        )
        parser.add_argument("--channel", default="", choices=["", *PetitionChannel.values], help="only these petitions")
        parser.add_argument("--within", action="append", type=span, default=None, metavar="15d", help="may be repeated")
        parser.add_argument("--json", action="store_true", help="say it as JSON")

    def handle(self, *args: Any, subdistrict: str, channel: str, **options: Any) -> None:
        found = response_times(subdistrict_meant(subdistrict), channel=channel, within=options["within"] or [])
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"answered: {found.answered}")
        for name, count in found.within.items():
            self.stdout.write(f"within {name}: {count} of {found.answered}")
        self.stdout.write(f"median: {'—' if found.median_days is None else f'{found.median_days} days'}")
