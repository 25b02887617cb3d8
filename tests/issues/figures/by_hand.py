"""Every figure of the dashboard worked out again from plain rows, in loops. Shares no code with `issues.figures`.

`Hand` reads the tables as they are and knows nothing but the definitions in docs/figures.md.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps

ZONE = ZoneInfo("Asia/Shanghai")
PROMISED = ("respond", "arrive")


def rows(name: str) -> list[dict[str, Any]]:
    app, model = name.split(".")
    return list(apps.get_model(app, model).objects.order_by("pk").values())


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=ZONE)


class Hand:
    """`who` is a set of street ids whole, and of communities; `sees` says what passes them by."""

    def __init__(
        self,
        now: datetime,
        *,
        streets: set[int],
        free: bool = False,
        communities: set[int] = frozenset(),
        weeks: int = 12,
        days: tuple[date, date] | None = None,
        sums_only: bool = False,
        **only: Any,
    ):
        self.now, self.streets, self.free, self.communities, self.only = now, streets, free, communities, only
        self.sums_only = sums_only
        self.periods(weeks, days)
        self.categories = {row["id"]: row for row in rows("governance.Category")}
        self.handlers = {row["category_id"]: row["handler"] for row in rows("issues.CategoryHandling")}
        self.all_issues = {row["id"]: row for row in rows("issues.Issue")}
        self.all_petitions = {row["id"]: row for row in rows("residents.Petition")}
        self.orders = rows("issues.WorkOrder")
        self.all_clocks = rows("issues.SlaClock")
        self.ratings = rows("residents.Evaluation")
        self.checks = rows("issues.Verification")
        self.matter_of = {
            row["petition_id"]: row["issue_id"] for row in rows("issues.IssuePetition") if not row["undone_at"]
        }
        self.last_order: dict[int, dict[str, Any]] = {}
        for order in self.orders:
            self.last_order[order["issue_id"]] = order

    def periods(self, weeks: int, days: tuple[date, date] | None) -> None:
        today = self.now.astimezone(ZONE).date()
        if days:
            self.first, last = days
            self.till = min(midnight(last + timedelta(days=1)), self.now)
            length = timedelta(days=(last - self.first).days + 1)
        else:
            last = today
            self.first = today - timedelta(days=today.weekday()) - timedelta(weeks=weeks - 1)
            self.till, length = self.now, timedelta(weeks=weeks)
        self.since = midnight(self.first)
        self.before_since, self.before_till = self.since - length, self.till - length
        day, self.mondays = self.first, []
        while day <= last:
            if day == self.first or day.weekday() == 0:
                self.mondays.append(day)
            day += timedelta(days=1)

    def is_now(self, at: datetime | None) -> bool:
        return at is not None and self.since <= at < self.till

    def is_before(self, at: datetime | None) -> bool:
        return at is not None and self.before_since <= at < self.before_till

    # --- what counts ---

    def may_count(self, street: int, community: int | None, category: int | None) -> bool:
        kind = self.categories.get(category, {"is_about_street": False, "is_about_staff": False})
        past_street = kind["is_about_street"]
        past_community = past_street or (kind["is_about_staff"] and self.handlers.get(category) == "street")
        if street in self.streets:
            return self.free or not past_street
        return community in self.communities and not past_community

    def counts_matter(self, issue: dict[str, Any], body: int | None = None) -> bool:
        only = self.only
        if not self.may_count(issue["subdistrict_id"], issue["community_id"], issue["category_id"]):
            return False
        for name, column in (
            ("street", "subdistrict_id"),
            ("community", "community_id"),
            ("estate", "estate_id"),
            ("category", "category_id"),
        ):
            if name in only and issue[column] != only[name]:
                return False
        if "body" in only:
            last = self.last_order.get(issue["id"])
            if (body or (last and last["body_id"])) != only["body"]:
                return False
        if "channel" in only:
            channels = {self.all_petitions[p]["channel"] for p, i in self.matter_of.items() if i == issue["id"]}
            if issue["found_by_id"]:
                channels.add("patrol")
            return only["channel"] in channels
        return True

    def counts_petition(self, petition: dict[str, Any]) -> bool:
        only = self.only
        issue = self.all_issues.get(self.matter_of.get(petition["id"]))
        category = issue["category_id"] if issue else petition["category_id"]
        if not self.may_count(petition["subdistrict_id"], petition["community_id"], category):
            return False
        if not self.may_count(petition["subdistrict_id"], petition["community_id"], petition["category_id"]):
            return False
        for name, value in (
            ("street", petition["subdistrict_id"]),
            ("community", petition["community_id"]),
            ("estate", petition["estate_id"]),
            ("category", category),
            ("channel", petition["channel"]),
        ):
            if name in only and value != only[name]:
                return False
        if "body" in only:
            last = self.last_order.get(issue["id"]) if issue else None
            return bool(last) and last["body_id"] == only["body"]
        return True

    def issues(self) -> Iterator[dict[str, Any]]:
        return (issue for issue in self.all_issues.values() if self.counts_matter(issue))

    def petitions(self) -> Iterator[dict[str, Any]]:
        return (petition for petition in self.all_petitions.values() if self.counts_petition(petition))

    def promised(self) -> Iterator[dict[str, Any]]:
        return (
            clock
            for clock in self.all_clocks
            if clock["voided_at"] is None and self.counts_matter(self.all_issues[clock["issue_id"]])
        )

    # --- the figures ---

    def promises(self) -> list[tuple[date, int, int]]:
        found = {day: [0, 0] for day in self.mondays}
        for clock in self.promised():
            if self.is_now(clock["due_at"]):
                day = clock["due_at"].astimezone(ZONE).date()
                week = max(monday for monday in self.mondays if monday <= day)
                found[week][1] += 1
                found[week][0] += clock["stopped_at"] is not None and clock["stopped_at"] <= clock["due_at"]
        return [(day, kept, due) for day, (kept, due) in found.items()]

    def pile(self) -> dict[str, list[int]]:
        found = {stage: [0] * 5 for stage in ("to_sort", "to_accept", "to_arrive", "in_work")}
        for issue in self.issues():
            if issue["state"] != "open":
                continue
            live = [
                o["state"]
                for o in self.orders
                if o["issue_id"] == issue["id"] and o["state"] in ("dispatched", "accepted", "arrived")
            ]
            if not live or issue["triaged_at"] is None:
                stage = "to_sort"
            else:
                stage = {"dispatched": "to_accept", "accepted": "to_arrive", "arrived": "in_work"}[live[0]]
            days = (self.now - issue["filed_at"]).days
            age = 0 if days < 1 else 1 if days < 4 else 2 if days < 8 else 3 if days < 16 else 4
            found[stage][age] += 1
        return found

    def running(self) -> dict[int, dict[str, Any]]:
        """The running clock that is due first, by matter."""
        first: dict[int, dict[str, Any]] = {}
        for clock in self.promised():
            if clock["stopped_at"] is None:
                known = first.get(clock["issue_id"])
                if known is None or (clock["due_at"], clock["id"]) < (known["due_at"], known["id"]):
                    first[clock["issue_id"]] = clock
        return first

    def tally(self) -> tuple[int, int, int, int]:
        first = self.running()
        evening = midnight(self.now.astimezone(ZONE).date() + timedelta(days=1))
        open_ones = [issue["id"] for issue in self.issues() if issue["state"] == "open"]
        dues = [first[pk]["due_at"] for pk in open_ones if pk in first]
        return (
            len(open_ones),
            sum(due < self.now for due in dues),
            sum(self.now <= due <= self.now + timedelta(hours=1) for due in dues),
            sum(self.now <= due < evening for due in dues),
        )

    def burns(self) -> list[tuple[int, str]]:
        if self.sums_only:
            return []
        late = [c for c in self.running().values() if c["due_at"] <= self.now + timedelta(hours=2)]
        return [(c["issue_id"], c["kind"]) for c in sorted(late, key=lambda c: (c["due_at"], c["issue_id"]))]

    def round_rated(self, issue: int, at: datetime) -> int:
        """The last round of the matter that was over by `at`; 0 if none was."""
        ends: dict[int, list[datetime | None]] = defaultdict(list)
        for clock in self.all_clocks:
            if clock["issue_id"] == issue:
                ends[clock["epoch"]].append(clock["stopped_at"] or clock["voided_at"])
        return max((epoch for epoch, ended in ends.items() if all(end and end <= at for end in ended)), default=0)

    def response(self) -> tuple[int, int, int, int, int]:
        now, before, denied = [0, 0], [0, 0], 0
        promised = {
            (c["issue_id"], c["epoch"]) for c in self.all_clocks if c["kind"] == "respond" and c["voided_at"] is None
        }
        for petition in self.petitions():
            if petition["state"] in ("withdrawn", "declined") or petition["channel"] == "import":
                continue
            matter = self.matter_of.get(petition["id"])
            for clock in self.all_clocks:
                if clock["issue_id"] != matter or clock["kind"] not in PROMISED or clock["voided_at"]:
                    continue
                if clock["kind"] == "arrive" and (matter, clock["epoch"]) in promised:
                    continue
                if petition["filed_at"] > clock["due_at"]:
                    continue
                in_time = clock["stopped_at"] is not None and clock["stopped_at"] <= clock["due_at"]
                says_no = any(
                    not rating["was_contacted"] and self.round_rated(matter, rating["given_at"]) == clock["epoch"]
                    for rating in self.ratings
                    if rating["petition_id"] == petition["id"]
                )
                if self.is_now(clock["due_at"]):
                    now[1] += 1
                    now[0] += in_time and not says_no
                    denied += in_time and says_no
                elif self.is_before(clock["due_at"]):
                    before[1] += 1
                    before[0] += in_time and not says_no
        return (*now, *before, denied)

    def resolution(self) -> dict[str, int]:
        found = defaultdict(int)
        for petition in self.petitions():
            if petition["channel"] == "import":
                continue
            given = [rating for rating in self.ratings if rating["petition_id"] == petition["id"]]
            for rating in given:
                if not rating["is_solved"]:
                    found["now_all"] += self.is_now(rating["given_at"])
                    found["before_all"] += self.is_before(rating["given_at"])
                    found["not_solved"] += self.is_now(rating["given_at"])
            if petition["state"] not in ("finished", "closed"):
                continue
            present = [rating for rating in given if rating["epoch"] == petition["epoch"]]
            confirmed = any(rating["is_solved"] for rating in present)
            issue = self.matter_of.get(petition["id"])
            checked = any(
                check["holds"] and check["verified_at"] >= petition["finished_at"]
                for check in self.checks
                if check["issue_id"] == issue
            )
            if self.is_before(petition["finished_at"]):
                found["before_all"] += 1
                found["before_confirmed"] += confirmed
            if self.is_now(petition["finished_at"]):
                found["now_all"] += 1
                found["now_confirmed"] += confirmed
                found["staff_only"] += not present and checked
                found["no_answer"] += not present and not checked
        return found

    def rated(self) -> dict[str, tuple[int, int, int]]:
        """Ratings, of 4–5, “not solved”: in this period and before."""
        found = {"now": [0, 0, 0], "before": [0, 0, 0]}
        counted = {p["id"] for p in self.petitions() if p["channel"] != "import"}
        for rating in self.ratings:
            if rating["petition_id"] in counted:
                for name, lies in (("now", self.is_now), ("before", self.is_before)):
                    if lies(rating["given_at"]):
                        found[name][0] += 1
                        found[name][1] += rating["satisfaction"] in (4, 5)
                        found[name][2] += not rating["is_solved"]
        return {name: tuple(numbers) for name, numbers in found.items()}

    def left_out(self) -> tuple[int, int, int, int]:
        filed = [petition for petition in self.petitions() if self.is_now(petition["filed_at"])]
        here = [petition for petition in filed if petition["channel"] != "import"]
        return (
            sum(petition["state"] == "withdrawn" for petition in here),
            sum(petition["state"] == "declined" for petition in here),
            len(filed) - len(here),
            sum(issue["state"] == "merged" and self.is_now(issue["filed_at"]) for issue in self.issues()),
        )

    def own_orders(self) -> Iterator[dict[str, Any]]:
        return (o for o in self.orders if self.counts_matter(self.all_issues[o["issue_id"]], body=o["body_id"]))

    def arrivals(self) -> tuple[int, int, int, int, int]:
        found = [0, 0, 0, 0, 0]
        for order in self.own_orders():
            if self.is_now(order["arrived_at"]):
                proof = order["arrival_proof"]
                found[0] += 1
                found[1] += proof in ("qr", "resident")
                found[2] += proof == "claimed"
                found[3] += proof == "with_finish"
                if order["finished_at"] and proof != "with_finish":
                    found[4] += order["finished_at"] - order["arrived_at"] < timedelta(seconds=60)
        return tuple(found)

    def reopened(self) -> tuple[int, int]:
        done = [o for o in self.own_orders() if o["state"] == "done" and self.is_now(o["finished_at"])]
        again = [o for o in done if any(p["issue_id"] == o["issue_id"] and p["id"] > o["id"] for p in self.orders)]
        return len(again), len(done)

    def lengths(self) -> dict[int, tuple[int, float, float]]:
        took: dict[int, list[float]] = defaultdict(list)
        for issue in self.issues():
            if issue["state"] in ("finished", "closed") and issue["is_promised"] and self.is_now(issue["finished_at"]):
                took[issue["category_id"]].append((issue["finished_at"] - issue["filed_at"]).total_seconds())
        return {pk: (len(many), self.quantile(many, 0.5), self.quantile(many, 0.9)) for pk, many in took.items()}

    @staticmethod
    def quantile(many: list[float], share: float) -> float:
        many = sorted(many)
        place = share * (len(many) - 1)
        low = int(place)
        high = min(low + 1, len(many) - 1)
        return many[low] + (many[high] - many[low]) * (place - low)

    def about(self) -> dict[int, tuple[int, int]]:
        found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
        for issue in self.issues():
            if self.is_now(issue["filed_at"]):
                found[issue["category_id"]][0] += 1
            elif self.is_before(issue["filed_at"]):
                found[issue["category_id"]][1] += 1
        return {pk: tuple(numbers) for pk, numbers in found.items()}

    def heard(self) -> dict[int, tuple[int, int]]:
        today = self.now.astimezone(ZONE).date()
        communities = {row["id"]: row for row in rows("governance.Community")}
        buildings = {row["id"]: row["estate_id"] for row in rows("governance.Building")}
        found = {}
        for estate in rows("governance.Estate"):
            community = communities[estate["community_id"]]
            in_sight = community["subdistrict_id"] in self.streets or community["id"] in self.communities
            chosen = all(
                self.only.get(name, value) == value
                for name, value in (
                    ("street", community["subdistrict_id"]),
                    ("community", community["id"]),
                    ("estate", estate["id"]),
                )
            )
            if in_sight and chosen and not (estate["ended_on"] and estate["ended_on"] < today):
                found[estate["id"]] = [0, 0]
        for petition in self.petitions():
            if self.is_now(petition["filed_at"]) and petition["estate_id"] in found:
                found[petition["estate_id"]][0] += 1
        for unit in rows("governance.Unit"):
            estate = buildings[unit["building_id"]]
            if estate in found and unit["kind"] == "dwelling" and not (unit["ended_on"] and unit["ended_on"] < today):
                found[estate][1] += 1
        return {pk: tuple(numbers) for pk, numbers in found.items()}
