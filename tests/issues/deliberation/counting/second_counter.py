"""Another counter by the rules of `docs/tally-file.md`: it shares no line with the portal's, and does everything
otherwise. Whole square centimetres, every head looked for on the whole roll, every needed amount found by trying."""

import json
from bisect import bisect_left
from math import gcd

REASONS = ["blank", "unclear", "unsigned", "not_entitled", "no_mandate", "disputed", "wrong_form", "damaged", "late"]
NAMES = {"for": "for", "against": "against", "abstain": "abstained"}
PLACES = ("for", "against", "abstained", "split", "silence_added", "invalid", "silent")
SQUARE_CENTIMETRES = 10_000
STEP = 100


def second_count(data: bytes) -> dict:
    """The result as `tally --json` prints it, without `format` and `motion`."""
    file = json.loads(data)
    rules, roll = file["rules"], file["roll"]
    words = {row["unit"]: "silent" for row in roll}
    replaced = 0
    for ballot in file["ballots"]:
        if ballot["superseded_by"]:
            replaced += 1
        else:
            words[ballot["unit"]] = ballot["invalid"] or ballot["choice"]
    if "seats" in file["motion"]:
        return second_count_of_election(file, words, replaced)
    agreeing = [str(place + 1) for place in range(len(file["motion"].get("options", [])))] or ["for"]
    choices = [*agreeing, "against", "abstain"]
    before = sorted_out(roll, words, rules, agreeing)
    side = None
    if rules["silence"] == "follows_majority":
        winners = [one for one in choices[:-1] if all(beats(before, one, two) for two in choices if two != one)]
        side = winners[0] if winners else None
    if side:
        for row in roll:
            if words[row["unit"]] == "silent" and row["delivered"]:
                words[row["unit"]] = "silence_added"
    after = sorted_out(roll, words, rules, agreeing)
    quorum, majorities = asked_of_all(after, rules, side, agreeing)
    verdict = judged(quorum, majorities)
    if agreeing == ["for"]:
        own = {"majority": majorities["for"]}
    else:
        reached = [one for one in agreeing if judged(quorum, {one: majorities[one]}) == "passed"]
        assert len(reached) < 2
        own = {
            "chosen": reached[0] if reached else None,
            "options": [
                {"number": one, "title": title, "for": part(after, one), "majority": majorities[one]}
                for one, title in zip(agreeing, file["motion"]["options"], strict=True)
            ],
        }
    return {
        "verdict": verdict,
        "verdict_without_silence": judged(*asked_of_all(before, rules, None, agreeing)),
        "quorum": quorum,
        **own,
        "silence_follows": side,
        **told_of_all(file, after, replaced, REASONS),
    }


def told_of_all(file: dict, columns: dict, replaced: int, reasons: list) -> dict:
    received = len(file["ballots"])
    return {
        "components": {
            "roll": part(columns, *PLACES),
            "participating": part(columns, *PLACES[:5]),
            **{place: part(columns, place) for place in PLACES},
            "invalid_by_reason": {reason: part(columns, reason) for reason in reasons},
        },
        "ballots": {"received": received, "effective": received - replaced, "superseded": replaced},
    }


def second_count_of_election(file: dict, words: dict, replaced: int) -> dict:
    """Every candidate is a vote of its own, yes or no, counted over the whole roll; then the seats are handed out one
    after another until nobody is left, or two can't be told apart."""
    rules, roll, motion = file["rules"], file["roll"], file["motion"]
    reasons = [*REASONS[:2], "too_many", *REASONS[2:]]
    columns = sorted_out(roll, {unit: "for" if word[0].isdigit() else word for unit, word in words.items()}, rules, [])
    quorum = {}
    candidates = []
    for place, title in enumerate(motion["options"]):
        number = str(place + 1)
        mine = {
            unit: ("for" if number in word.split(",") else "against") if counts(word) else word
            for unit, word in words.items()
        }
        alone = sorted_out(roll, mine, rules, [])
        quorum, majority = asked_of_all(alone, rules, None, ["for"])
        candidates.append({"number": number, "title": title, "for": part(alone, "for"), "majority": majority["for"]})
    waiting = [one for one in candidates if judged(quorum, {"": one["majority"]}) == "passed"]
    seats, elected, run_off = int(motion["seats"]), [], []
    while waiting and len(elected) < seats:
        best = max(strength(one, rules) for one in waiting)
        equals = [one for one in waiting if strength(one, rules) == best]
        if len(elected) + len(equals) > seats:
            run_off = equals
            break
        elected += equals
        waiting = [one for one in waiting if one not in equals]
    share = {"share": rules["election"]["fewest_elected"], "strictly_more": False}
    enough = asked(share, len(elected), seats, "heads", None)
    verdict = judged(quorum, {}) if not all(one["met"] for one in quorum.values()) else "passed"
    if verdict == "passed" and not enough["met"]:
        verdict = "not_passed"
    return {
        "verdict": verdict,
        "verdict_without_silence": verdict,
        "quorum": quorum,
        "options": candidates,
        "seats": seats,
        "enough": enough,
        "elected": [one["number"] for one in elected],
        "run_off": [one["number"] for one in run_off],
        "silence_follows": None,
        **told_of_all(file, columns, replaced, reasons),
    }


def counts(word: str) -> bool:
    return word[0].isdigit() or word in ("against", "abstain")


def strength(candidate: dict, rules: dict) -> list:
    area = square_centimetres(candidate["for"]["area"])
    heads = candidate["for"]["heads"]
    orders = {"heads_then_area": [heads, area], "area_then_heads": [area, heads], "heads": [heads]}
    return orders[rules["election"]["ranking"]]


def square_centimetres(text: str) -> int:
    whole, _, decimals = text.partition(".")
    return int(whole) * SQUARE_CENTIMETRES + int(decimals.ljust(2, "0")) * STEP


def sorted_out(roll: list, words: dict, rules: dict, agreeing: list) -> dict:
    """place, reason or option -> [square centimetres, heads, units]"""
    columns = {name: [0, 0, 0] for name in (*PLACES, *REASONS, "too_many", *agreeing)}
    for row in roll:
        for name in where(words[row["unit"]]):
            columns[name][0] += square_centimetres(row["area"])
            columns[name][2] += 1
    for head in {row["head"] for row in roll}:
        mine = [row for row in roll if row["head"] == head]
        for name in where(word_of_head(mine, words, rules)):
            columns[name][1] += 1
    return columns


def where(word: str) -> list:
    if word.isdigit():
        return ["for", word]
    return ["invalid", word] if word in (*REASONS, "too_many") else [NAMES.get(word, word)]


def word_of_head(mine: list, words: dict, rules: dict) -> str:
    said = [words[row["unit"]] for row in mine]
    voted = {word for word in said if word in NAMES or word.isdigit()}
    if len(voted) == 1:
        return voted.pop()
    if voted:
        if rules["split_head"] == "abstains":
            return "split"
        weights = {
            word: sum(square_centimetres(row["area"]) for row in mine if words[row["unit"]] == word) for word in voted
        }
        for word in voted:
            if all(weights[word] > weights[other] for other in voted - {word}):
                return word
        return "split"
    for word in ("silence_added", *REASONS[:2], "too_many", *REASONS[2:]):
        if word in said:
            return word
    return "silent"


def beats(columns: dict, one: str, two: str) -> bool:
    mine, other = columns[NAMES.get(one, one)], columns[NAMES.get(two, two)]
    return mine[0] > other[0] and mine[1] > other[1]


def asked_of_all(columns: dict, rules: dict, side: str | None, agreeing: list) -> tuple[dict, dict]:
    quorum, majorities = {}, {one: {} for one in agreeing}
    for column, (measure, step) in enumerate((("area", STEP), ("heads", 1))):
        everybody = sum(columns[place][column] for place in PLACES) // step
        there = sum(columns[place][column] for place in PLACES[:5]) // step
        quorum[measure] = asked(rules["quorum"][measure], there, everybody, measure, None)
        for one in agreeing:
            agree = columns[one][column] // step
            if side == one:
                agree += columns["silence_added"][column] // step
            if rules["majority_of"] == "entitled":
                said = asked(rules["majority"][measure], agree, everybody, measure, None)
            else:
                said = asked(rules["majority"][measure], agree, there, measure, everybody - there)
            majorities[one][measure] = said
    return quorum, majorities


def asked(threshold: dict, reached: int, total: int, measure: str, others: int | None) -> dict:
    n, d = (int(number) for number in threshold["share"].split("/"))

    def enough(amount: int, whole: int) -> bool:
        if whole == 0:
            return False
        return amount * d > whole * n if threshold["strictly_more"] else amount * d >= whole * n

    needed = bisect_left(range(total + 1), True, key=lambda amount: enough(amount, total))
    more = None
    if others is not None and enough(reached + others, total + others):
        more = bisect_left(range(others + 1), True, key=lambda each: enough(reached + each, total + each))

    def said(amount: int) -> str | int:
        return amount if measure == "heads" else f"{amount // 100}.{amount % 100:02}"

    top, bottom = total * n, d * (100 if measure == "area" else 1)
    common = gcd(top, bottom)
    return {
        "reached": said(reached),
        "needed": said(needed),
        "short_by": said(0 if enough(reached, total) else needed - reached),
        "met": enough(reached, total),
        "exact": f"{top // common}" if bottom == common else f"{top // common}/{bottom // common}",
        "of": said(total),
        "share": f"{n // gcd(n, d)}/{d // gcd(n, d)}",
        "strictly_more": threshold["strictly_more"],
        "short_by_newcomers": None if more is None else said(more),
    }


def part(columns: dict, *places: str) -> dict:
    area, heads, units = (sum(columns[place][column] for place in places) for column in range(3))
    return {
        "area": f"{area // SQUARE_CENTIMETRES}.{area % SQUARE_CENTIMETRES // STEP:02}",
        "heads": heads,
        "units": units,
    }


def judged(quorum: dict, majorities: dict) -> str:
    if not all(measure["met"] for measure in quorum.values()):
        return "no_quorum"
    reached = any(all(measure["met"] for measure in majority.values()) for majority in majorities.values())
    return "passed" if reached else "not_passed"
