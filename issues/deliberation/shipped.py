"""The rule sets and kinds of meetings that ship with every portal, with their sources.

Nobody's lawyer has signed the rule sets: that is the city's.

A table for people to read; a migration writes it, `ensure` again where it is missing. Rows are only added, by code.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple

from issues.deliberation.counting import rules
from issues.deliberation.models.mechanisms import Caller, QuorumOf
from issues.deliberation.models.rule_sets import CountedOf, DecidingBody, Mark, Matter

GetModel = Callable[[str, str], Any]

CIVIL_CODE = date(2021, 1, 1)


class Needs(NamedTuple):
    """Shares by area (empty: by heads alone) and by heads, and whether more than the share is meant."""

    quorum: str
    majority: str
    more: bool
    article: str
    text: str
    mark: Mark = Mark.READ
    by_area: bool = True
    of: CountedOf = CountedOf.PARTICIPATING
    quorum_more: bool = False


class Shipped(NamedTuple):
    code: str
    name: str
    body: DecidingBody
    source: str
    notice_days: int
    objection_days: int
    matters: dict[str, Needs]
    proxy_cap: int | None = None


ORDINARY = Needs("2/3", "1/2", True, rules.ORDINARY.sources[0].article, rules.ORDINARY.sources[0].text)
SPECIAL = Needs("2/3", "3/4", False, rules.SPECIAL.sources[0].article, rules.SPECIAL.sources[0].text)
UNANIMOUS = Needs(
    "1/1",
    "1/1",
    False,
    "民法典第 279 条",
    "业主不得违反法律、法规以及管理规约，将住宅改变为经营性用房；将住宅改变为经营性用房的，除遵守法律、法规以及管理规约外，"
    "应当经有利害关系的业主一致同意。",
)
HOUSE_RULES = "各地、各会议规定不一，此处仅为示例，须以本地的议事规则替换。"
BRANCH = (
    "中国共产党支部工作条例（试行）",
    "表决必须有半数以上有表决权的党员到会方可进行，赞成人数超过应到会有表决权的党员的半数为通过。",
)
SPECIAL_MATTERS = (Matter.FUND_RAISE, Matter.REBUILD, Matter.COMMON_PARTS)

RULE_SETS = (
    Shipped(
        "owners-assembly",
        "业主大会（民法典第278条）",
        DecidingBody.OWNERS,
        "民法典第278条、第201条、第203条；物业管理条例第14条",
        15,
        7,
        {
            matter.value: SPECIAL if matter in SPECIAL_MATTERS else ORDINARY
            for matter in Matter
            if matter != Matter.BUSINESS
        },
    ),
    Shipped(
        "interested-owners",
        "有利害关系的业主（民法典第279条）",
        DecidingBody.INTERESTED,
        "民法典第279条；最高人民法院关于审理建筑物区分所有权纠纷案件适用法律若干问题的解释第11条",
        15,
        7,
        {Matter.BUSINESS.value: UNANIMOUS},
    ),
    Shipped(
        "owners-committee",
        "业主委员会会议",
        DecidingBody.OWNERS_COMMITTEE,
        "惯例，各地规定不一，须由当地规则替换",
        7,
        7,
        {
            "": Needs(
                "1/2", "1/2", True, "业主委员会议事规则（示例）", HOUSE_RULES, Mark.UNSURE, by_area=False,
                of=CountedOf.ENTITLED, quorum_more=True,
            )
        },
        proxy_cap=0,
    ),
    Shipped(
        "residents-representatives",
        "居民代表会议",
        DecidingBody.REPRESENTATIVES,
        "惯例，各地规定不一，须由当地规则替换",
        3,
        7,
        {"": Needs("2/3", "1/2", True, "居民代表会议议事规则（示例）", HOUSE_RULES, Mark.UNSURE, by_area=False)},
        proxy_cap=0,
    ),
    Shipped(
        "branch-meeting",
        "党支部党员大会",
        DecidingBody.BRANCH,
        "中国共产党支部工作条例（试行）第12条",
        3,
        7,
        {
            "": Needs(
                "1/2", "1/2", True, *BRANCH, Mark.SECONDARY, by_area=False,
                of=CountedOf.ENTITLED,
            )
        },
        proxy_cap=0,
    ),
)  # fmt: skip


# Of the owners' assembly. What isn't settled by these stands in the fields' defaults.
ELECTION = {
    "article": "《业主大会和业主委员会指导规则》第31、32、46条；上海的做法（据新民晚报2015年11月21日）",
    "text": "指导规则（据转载）：业主委员会由五至十一人单数组成，每届任期不超过五年；"
    "委员不足总数二分之一的，重新选举业主委员会。"
    "上海的做法（据报道）：面积和人数都过半的候选人多于名额的，人数票多的当选；人数票相同的，面积票多的当选；"
    "两项都相同的，对他们再次投票；不足的名额另行选举。当选人数不到名额二分之一须重新选举，是比照第46条，未查到直接规定。"
    "本平台不办再次投票和补选：两项都相同的都不当选，名额空缺。",
    # That of the weakest part.
    "mark": Mark.UNSURE,
}


class ShippedMechanism(NamedTuple):
    """A kind of meeting. `of` says of whom `quorum` is a share."""

    code: str
    names: tuple[str, str, str]
    source: str
    mark: Mark
    called_by: Caller
    notice_days: int
    is_open: bool = False
    is_public: bool = True
    of: QuorumOf = QuorumOf.NOBODY
    quorum: str = ""
    quorum_more: bool = False
    proxies: bool = False
    majority: str = ""
    majority_of: str = ""
    body: str = ""
    by_name: bool = False
    quorum_owners: str = ""


AMENDMENT_DAYS = 3
MECHANISMS = (
    ShippedMechanism(
        "discussion", ("说事议事会", "Deliberation meeting", "주민 협의회"),
        "居民委员会组织法（2026年1月1日施行）第32条列举议事会为协商形式；提前天数为本平台所定",
        Mark.READ, Caller.ORGANISERS, 3, is_open=True,
    ),
    ShippedMechanism(
        "five-links", ("五联五议", "Five links, five deliberations", "오련오의 협의"),
        "江门市环市街道“五联五议”做法，据报道；提前天数为本平台所定",
        Mark.SECONDARY, Caller.ORGANISERS, 3, is_open=True,
    ),
    ShippedMechanism(
        "joint", ("联席会议", "Joint meeting", "합동 회의"), "惯例，须由当地规则替换",
        Mark.UNSURE, Caller.ORGANISERS, 2,
        of=QuorumOf.ENTITLED, quorum="1/2",
    ),
    ShippedMechanism(
        "branch", ("支部党员大会", "Party branch meeting", "당 지부 당원대회"),
        "中国共产党支部工作条例（试行）第12条；提前天数为本平台所定",
        Mark.SECONDARY, Caller.SECRETARY, 3, is_public=False,
        of=QuorumOf.ENTITLED, quorum="1/2", majority="1/2", majority_of=CountedOf.ENTITLED, body=DecidingBody.BRANCH,
    ),
    ShippedMechanism(
        "representatives", ("居民代表会议", "Residents' representatives' meeting", "주민대표 회의"),
        "惯例，各地规定不一，须由当地规则替换", Mark.UNSURE, Caller.COMMUNITY, 3, of=QuorumOf.ENTITLED, quorum="2/3",
        majority="1/2", majority_of=CountedOf.PARTICIPATING, body=DecidingBody.REPRESENTATIVES,
    ),
    ShippedMechanism(
        "owners-committee", ("业主委员会会议", "Owners' committee meeting", "입주자위원회 회의"),
        "惯例，各地规定不一，须由当地规则替换", Mark.UNSURE, Caller.COMMUNITY, 7, of=QuorumOf.ENTITLED, quorum="1/2",
        quorum_more=True, majority="1/2", majority_of=CountedOf.ENTITLED, body=DecidingBody.OWNERS_COMMITTEE,
        by_name=True,
    ),
    ShippedMechanism(
        "management-committee", ("物业管理委员会会议", "Property management committee meeting", "물업관리위원회 회의"),
        "惯例，各地规定不一，须由当地规则替换", Mark.UNSURE, Caller.COMMUNITY, 7, of=QuorumOf.ENTITLED, quorum="1/2",
        quorum_more=True, majority="1/2", majority_of=CountedOf.ENTITLED, body=DecidingBody.MANAGEMENT_COMMITTEE,
        by_name=True, quorum_owners="1/2",
    ),
    ShippedMechanism(
        "owners-assembly", ("业主大会会议", "Owners' assembly", "구분소유자 총회"),
        "物业管理条例第14条；民法典第278条", Mark.READ, Caller.COMMUNITY, 15, of=QuorumOf.ROLL, proxies=True,
    ),
)  # fmt: skip


def ensure(get_model: GetModel) -> None:
    """Add what is missing, by code. What an office has changed since stays as it is."""
    ensure_rule_sets(get_model)
    ensure_elections(get_model)
    ensure_mechanisms(get_model)


def ensure_mechanisms(get_model: GetModel) -> None:
    """Of a model as it was at an early migration, only the columns that it had then."""
    mechanisms = get_model("deliberation", "Mechanism")
    known = {field.name for field in mechanisms._meta.fields}
    for each in MECHANISMS:
        columns = {name: value for name, value in _columns_of_mechanism(each).items() if name in known}
        mechanisms.objects.get_or_create(code=each.code, version=1, defaults=columns)


def _columns_of_mechanism(each: ShippedMechanism) -> dict[str, Any]:
    names = dict(zip(("name_zh", "name_en", "name_ko"), each.names, strict=True))
    return {
        **names,
        "source": each.source,
        "mark": each.mark,
        "valid_from": CIVIL_CODE,
        "called_by": each.called_by,
        "notice_days": each.notice_days,
        "is_open": each.is_open,
        "is_public": each.is_public,
        "body": each.body,
        "quorum_of": each.of,
        "quorum": each.quorum,
        "quorum_needs_more": each.quorum_more,
        "quorum_owners": each.quorum_owners,
        "proxies_allowed": each.proxies,
        "majority": each.majority,
        "majority_of": each.majority_of,
        "majority_needs_more": bool(each.majority),
        "by_name": each.by_name,
        "amendment_days": AMENDMENT_DAYS,
    }


def ensure_rule_sets(get_model: GetModel) -> None:
    rule_sets, matter_rules = get_model("deliberation", "RuleSet"), get_model("deliberation", "MatterRule")
    for shipped in RULE_SETS:
        rule_set, is_new = rule_sets.objects.get_or_create(
            code=shipped.code,
            version=1,
            defaults={
                "name": shipped.name, "body": shipped.body, "source": shipped.source, "valid_from": CIVIL_CODE,
                "notice_days": shipped.notice_days, "objection_days": shipped.objection_days,
                "proxy_cap": shipped.proxy_cap,
            },
        )  # fmt: skip
        if is_new:
            matter_rules.objects.bulk_create(
                matter_rules(rule_set=rule_set, matter=matter, **_columns(needs))
                for matter, needs in shipped.matters.items()
            )


def ensure_elections(get_model: GetModel) -> None:
    """Under the shipped rules of the owners' assembly, unless a lawyer has signed them without: then it is for the
    next version of them."""
    rule_sets, elections = get_model("deliberation", "RuleSet"), get_model("deliberation", "ElectionRule")
    for rule_set in rule_sets.objects.filter(code="owners-assembly", version=1, signed_by="", election=None):
        elections.objects.create(rule_set=rule_set, **ELECTION)


def _columns(needs: Needs) -> dict[str, Any]:
    return {
        "article": needs.article,
        "text": needs.text,
        "mark": needs.mark,
        "quorum_area": needs.quorum if needs.by_area else "",
        "quorum_heads": needs.quorum,
        "majority_area": needs.majority if needs.by_area else "",
        "majority_heads": needs.majority,
        "majority_of": needs.of,
        "quorum_needs_more": needs.quorum_more,
        "majority_needs_more": needs.more,
    }
