"""Who owns the homes of the estate that votes: most doors one person, some two, and some people have two doors."""

import random
from datetime import datetime

from governance.models import Unit, User
from issues.demo.street import OWNER, Street, new_person, phone_number, settle
from residents.models import Occupancy, OccupancyRelation, OccupancyState

ESTATE = "春和苑小区"
# Of a hundred doors: still without an owner known here, with two, of somebody who has another already.
UNKNOWN, SHARED, SECOND = 6, 22, 5
FIRST_PHONE = 1000
SURNAMES = (
    ("王", "Wang"), ("李", "Li"), ("张", "Zhang"), ("刘", "Liu"), ("陈", "Chen"), ("杨", "Yang"), ("赵", "Zhao"),
    ("黄", "Huang"), ("周", "Zhou"), ("吴", "Wu"), ("徐", "Xu"), ("孙", "Sun"), ("胡", "Hu"), ("朱", "Zhu"),
    ("高", "Gao"), ("林", "Lin"), ("何", "He"), ("郭", "Guo"), ("马", "Ma"), ("罗", "Luo"), ("梁", "Liang"),
    ("宋", "Song"), ("郑", "Zheng"), ("谢", "Xie"), ("韩", "Han"), ("唐", "Tang"), ("冯", "Feng"), ("于", "Yu"),
    ("董", "Dong"), ("萧", "Xiao"), ("程", "Cheng"), ("曹", "Cao"), ("袁", "Yuan"), ("邓", "Deng"), ("许", "Xu"),
    ("傅", "Fu"), ("沈", "Shen"), ("曾", "Zeng"), ("彭", "Peng"), ("吕", "Lü"), ("姜", "Jiang"), ("崔", "Cui"),
)  # fmt: skip
GIVEN_NAMES = (
    "建国", "秀珍", "卫东", "桂芳", "志强", "丽萍", "国庆", "淑兰", "永红", "爱华", "春生", "玉兰", "明辉", "彩霞",
    "长青", "素芬", "立军", "晓红", "宝林", "文娟", "学文", "雅琴", "东升", "金凤", "德明", "翠萍", "家豪", "思雨",
    "宏伟", "婷", "磊", "洋", "静", "敏", "鹏", "雪", "超", "慧", "斌", "莉", "浩", "颖", "凯", "琳", "俊峰", "欣怡",
    "天佑", "梦洁", "子轩", "诗涵", "一鸣", "佩瑶", "振国", "惠芳", "树林", "月娥", "新民", "云霞", "广田", "兰英",
)  # fmt: skip


def settle_owners(street: Street, rng: random.Random, since: datetime) -> None:
    """Write the owners of the doors that have none yet, confirmed since `since`. Six queries, however many doors."""
    password = street.people["li"].password
    homes: list[tuple[User, Unit, str, str]] = []
    people: list[User] = []
    for unit in _without_an_owner(street):
        for user in _owners_of_a_door(people, password, since, rng):
            homes.append((user, unit, OWNER, OccupancyState.VERIFIED))
    for user in User.objects.bulk_create(people):
        street.people[user.username] = user
    settle(street, homes, since)


def _without_an_owner(street: Street) -> list[Unit]:
    owned = Occupancy.objects.standing().filter(relation=OccupancyRelation.OWNER).values("unit")
    units = Unit.objects.filter(building__estate=street.estates[ESTATE]).exclude(pk__in=owned)
    return list(units.select_related("building").order_by("pk"))


def _owners_of_a_door(people: list[User], password: str, since: datetime, rng: random.Random) -> list[User]:
    """Nobody, one, a couple, or somebody of `people` who has a door already; whoever is new joins `people`."""
    kind = rng.randrange(100)
    if kind < UNKNOWN:
        return []
    if kind < UNKNOWN + SECOND and people:
        return [rng.choice(people)]
    number = 2 if kind < UNKNOWN + SECOND + SHARED else 1
    new = [_owner(len(people) + each, password, since, rng) for each in range(1, number + 1)]
    people += new
    return new


def _owner(number: int, password: str, since: datetime, rng: random.Random) -> User:
    surname, latin = rng.choice(SURNAMES)
    return new_person(
        username=f"owner{number:03}",
        full_name=surname + rng.choice(GIVEN_NAMES),
        surname=surname,
        surname_latin=latin,
        phone=phone_number(FIRST_PHONE + number),
        phone_verified_at=since,
        password=password,
        elder_mode=rng.random() < 0.2,
    )
