"""Who is on duty in the demo, around the clock: somebody's phone must always ring."""

from datetime import datetime, time, timedelta

from governance.domain.moment import LOCAL_ZONE, local_day
from governance.models import Body, DutyShift, User

DAYS_AHEAD = 30
DAYTIME, NIGHT = time(8), time(20)

# Body, then who is rung by day and by night, in order; on odd days the daytime order turns round.
ROTA = (
    ("恒信物业", ("zhou", "liu"), ("ma", "zhou")),
    ("星湖业委会", ("gao", "song"), ("gao", "he")),
    ("春和社区", ("wu", "luo"), ("luo",)),
    ("安和街道", ("sun",), ("sun",)),
    ("区委社工部", ("shen",), ("shen",)),
)


def renew_shifts(*, first: datetime, until: datetime) -> int:
    """Enter the rota's missing shifts from the local day of `first` to that of `until`. Returns how many are new."""
    usernames = {name for _body, by_day, by_night in ROTA for name in (*by_day, *by_night)}
    people = {user.username: user for user in User.objects.filter(username__in=usernames)}
    rows = []
    for short_name, by_day, by_night in ROTA:
        body = Body.objects.get(short_name=short_name)
        for number in range((local_day(until) - local_day(first)).days + 1):
            day = datetime.combine(local_day(first) + timedelta(days=number), DAYTIME, tzinfo=LOCAL_ZONE)
            turned = by_day[::-1] if day.toordinal() % 2 else by_day
            rows += _shift(body, [people[name] for name in turned], day)
            rows += _shift(body, [people[name] for name in by_night], day.replace(hour=NIGHT.hour))
    before = DutyShift.objects.count()
    DutyShift.objects.bulk_create(rows, ignore_conflicts=True)
    return DutyShift.objects.count() - before


def _shift(body: Body, people: list[User], starts_at: datetime) -> list[DutyShift]:
    return [
        DutyShift(body=body, user=user, starts_at=starts_at, ends_at=starts_at + timedelta(hours=12), position=position)
        for position, user in enumerate(people, start=1)
    ]
