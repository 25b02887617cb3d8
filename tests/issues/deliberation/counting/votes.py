"""Tally files for the tests: written as a stranger would write them, by hand, and made up at random."""

import json
from random import Random
from typing import Any

from issues.deliberation.counting.count import Count, count
from issues.deliberation.counting.reading import read
from issues.deliberation.counting.rules import ORDINARY, SPECIAL, Rules

ON_TIME = "2026-04-21T10:00:00+08:00"
REASONS = (
    "blank",
    "unclear",
    "unsigned",
    "not_entitled",
    "no_mandate",
    "disputed",
    "wrong_form",
    "damaged",
    "late",
)
RANKINGS = ("heads_then_area", "area_then_heads", "heads")
SHARES = ("1/2", "2/3", "3/4", "1/5", "1/3", "3/7", "999/1000")

Raw = dict[str, Any]


def threshold(share: str, *, strictly_more: bool = False) -> Raw:
    return {"share": share, "strictly_more": strictly_more}


def both(share: str, *, strictly_more: bool = False) -> Raw:
    return {measure: threshold(share, strictly_more=strictly_more) for measure in ("area", "heads")}


def rules(**changed: Any) -> Raw:
    """An ordinary matter of Civil Code 278, unless `changed`."""
    return {
        "name": "春和苑",
        "version": "2026-1",
        "quorum": both("2/3"),
        "majority": both("1/2", strictly_more=True),
        "majority_of": "participating",
        "silence": "absent",
        "split_head": "abstains",
        "sources": [{"article": "民法典第 278 条第 2 款", "text": "双三分之二参与，双过半同意。"}],
        **changed,
    }


SPECIAL_MATTER = {"majority": both("3/4")}
SHIPPED_RULES: dict[str, Rules] = {"ordinary": ORDINARY, "special": SPECIAL}


def metres(hundredths: int) -> str:
    return f"{hundredths // 100}.{hundredths % 100:02}"


def entry(unit: str, area: str, head: str | None = None, **changed: Any) -> Raw:
    return {"unit": unit, "area": area, "head": head or unit, "kind": "dwelling", "delivered": False, **changed}


def ballot(serial: str, unit: str, choice: str | None, **changed: Any) -> Raw:
    return {
        "serial": serial,
        "unit": unit,
        "choice": choice,
        "channel": "electronic",
        "cast_at": ON_TIME,
        "invalid": None,
        "superseded_by": None,
        **changed,
    }


def vote(roll: list[Raw], ballots: list[Raw], **changed: Any) -> Raw:
    """A whole file; `changed` goes into its rules."""
    return {
        "format": "youying-tally/1",
        "motion": {
            "id": "B7F2",
            "title": "南侧绿地改为 48 个停车位",
            "kind": "legal",
            "matter": "278-8",
            "scope": "春和苑全体业主",
            "opens_at": "2026-04-20T09:00:00+08:00",
            "closes_at": "2026-05-07T18:00:00+08:00",
        },
        "rules": rules(**changed),
        "roll": roll,
        "ballots": ballots,
    }


def choosing(options: list[str], raw: Raw) -> Raw:
    """The same vote with options to choose from: its ballots say “1”, “2”, … for them."""
    return raw | {"format": "youying-tally/2", "motion": raw["motion"] | {"options": options}}


def electing(candidates: int, seats: int, raw: Raw, **rule: str) -> Raw:
    """The same vote as an election: its ballots say “1”, “1,4”, … for candidates."""
    names = [f"候选人{number}" for number in range(1, candidates + 1)]
    motion = raw["motion"] | {"options": names, "seats": str(seats), "matter": "278-3"}
    election = {"ranking": "heads_then_area", "fewest_elected": "1/2", **rule}
    return raw | {"format": "youying-tally/3", "motion": motion, "rules": raw["rules"] | {"election": election}}


def written(raw: Raw) -> bytes:
    return json.dumps(raw, ensure_ascii=False).encode()


def sums(changed: Raw | None = None, **groups: tuple[int, int]) -> Raw:
    """A vote with exactly these sums: choice, `silent` or reason, then the area in 0.01 m² and the heads.

    The first unit of a group has nearly all its area, so `area` must be at least `heads`, and 0 where `heads` is.
    """
    roll, ballots = [], []
    for said, (area, heads) in groups.items():
        for place in range(heads):
            unit = f"{said}-{place}"
            roll.append(entry(unit, metres(area - heads + 1 if place == 0 else 1)))
            if said in REASONS:
                ballots.append(ballot(unit, unit, None, invalid=said))
            elif said != "silent":
                ballots.append(ballot(unit, unit, said))
    return vote(roll, ballots, **(changed or {}))


def made_up(seed: int, units: int, options: int = 0) -> Raw:
    """A vote in which everything happens that may: whoever has several units, the developer's rest, ballots replaced
    over and over by older and newer ones, invalid ones, silence; under any rules. With `options`, any that allow them.
    """
    random = Random(seed)
    agreeing = tuple(str(number) for number in range(1, options + 1)) or ("for",)
    owners = [f"owner-{number}" for number in range(max(1, units * random.randint(30, 100) // 100))]
    willing = random.choice((0.3, 0.65, 0.9, 1))
    choices = random.choices((*agreeing, "against", "abstain"), k=random.choice((1, 2, 20)))
    roll, ballots = [], []
    for number in range(units):
        head = "developer" if random.random() < 0.1 else random.choice(owners)
        area = random.choice((metres(random.randint(1, 20_000)), "89.5", "100", "0.01", "66.67"))
        roll.append(entry(f"unit-{number}", area, head, delivered=random.random() < 0.7))
        if random.random() < willing:
            ballots += _ballots_of(random, f"unit-{number}", choices)
    random.shuffle(roll)
    random.shuffle(ballots)
    rules_made_up = _rules_made_up(random)
    if not options:
        return vote(roll, ballots, **rules_made_up)
    rules_made_up["majority"]["heads"] = random.choice((threshold("1/2", strictly_more=True), threshold("3/4")))
    return choosing([f"方案{number}" for number in agreeing], vote(roll, ballots, **rules_made_up))


def election_made_up(seed: int, units: int, candidates: int, seats: int) -> Raw:
    """As `made_up`, naming any candidates, with many equal votes."""
    random = Random(seed)
    raw = made_up(seed, units)
    few = [_names(random, candidates, seats) for _ in range(random.choice((1, 2, 3, 30)))]
    for each in raw["ballots"]:
        if each["choice"] == "for" or (each["choice"] and random.random() < 0.8):
            each["choice"] = random.choice(few)
        if each["invalid"] and random.random() < 0.3:
            each["invalid"] = "too_many"
    raw["rules"] |= {"silence": "absent", "majority": random.choice((both("1/5"), raw["rules"]["majority"]))}
    raw["rules"] |= {"quorum": random.choice((both("1/5"), raw["rules"]["quorum"]))}
    rule = {"ranking": random.choice(RANKINGS), "fewest_elected": random.choice(("1/2", "2/3", "1/1", "1/5"))}
    return electing(candidates, seats, raw, **rule)


def _names(random: Random, candidates: int, seats: int) -> str:
    named = random.sample(range(1, candidates + 1), random.randint(1, seats))
    return ",".join(str(number) for number in sorted(named))


def _ballots_of(random: Random, unit: str, choices: list[str]) -> list[Raw]:
    serials = [f"{unit}/{number}" for number in range(random.choice((1, 1, 1, 2, 3)))]
    random.shuffle(serials)
    made = []
    for place, serial in enumerate(serials):
        invalid = random.choice(REASONS) if random.random() < 0.1 else None
        choice = None if invalid and random.random() < 0.5 else random.choice(choices)
        successor = random.choice(serials[place + 1 :]) if serials[place + 1 :] else None
        channel = random.choice(("electronic", "paper", "door"))
        made.append(ballot(serial, unit, choice, invalid=invalid, superseded_by=successor, channel=channel))
    return made


def _rules_made_up(random: Random) -> Raw:
    def any_thresholds() -> Raw:
        return {
            measure: threshold(random.choice(SHARES), strictly_more=random.random() < 0.5)
            for measure in ("area", "heads")
        }

    return {
        "quorum": any_thresholds(),
        "majority": any_thresholds(),
        "majority_of": random.choice(("participating", "entitled")),
        "silence": random.choice(("absent", "follows_majority")),
        "split_head": random.choice(("abstains", "larger_area")),
    }


def counted(raw: Raw) -> tuple[Count, Rules]:
    file = read(written(raw))
    return count(file), file.rules
