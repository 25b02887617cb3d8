"""What the people behind the counter did in the demo's street: the community's desk, the grid's workers, the accounts.

Told in the same kind of table as `issues.demo.stories`. A patrol finding has no petition. One with `filed_by` was told
at the door, and written down for whoever told it.
"""

from datetime import datetime, timedelta

from issues.demo.stories import Story, do, rate
from issues.demo.street import Street
from residents.domain import occupancy
from residents.models import Occupancy, OccupancyRelation

AT_THE_DESK = (
    Story(
        "garage-drip", "-47m", "resident10", "leak", "5栋", 2,
        "车库顶板漏水，水滴正落在车上，B07 车位。",
        (do("6m", "accept", "zhou"), do("20m", "arrive", "zhou", qr=True)),
        spot="地下车库", pictures=("drain_flooded",),
    ),
    Story(
        "garage-same", "-18m", "zhang", "other", "5栋", 2,
        "地下车库顶上一直滴水，B09 车位车顶全是水印。",
        spot="地下车库",
    ),
    Story(
        "dark-path", "-14m", "resident12", "other", "4栋", 1,
        "三栋和四栋中间那条小路晚上一盏灯都没有，接孩子下课摸黑走。",
    ),
    Story(
        "move-in", "-8m", "jin", "other", "5栋", 1,
        "외국인 세입자인데 거주 등록을 어디에서 하나요? 필요한 서류도 알려 주세요.",
    ),
    Story(
        "boxes", "-33m", "yang", "other", "3栋", 1,
        "一楼楼梯底下堆满了纸箱和旧柜子，轮椅过不去。",
    ),
    Story(
        "square-dance", "1 working days, 20:35", "resident14", "other", "6栋", 2,
        "南门外广场每晚八点半以后还放大音响跳舞，孩子写不了作业，劝过几次没用。",
        (
            do("25m", "sort", "luo", category="noise", body="安和派出所"),
            do("40m", "accept", "fan"),
            do("55m", "note", "fan", words="民警到现场提醒过，今晚音量降下来了，这一周每晚都会去看一次。"),
        ),
    ),
    Story(
        "street-counter", "3 working days, 15:20", "resident22", "complaint_street", "5栋", 2,
        "去街道办事大厅办居住证明，窗口的人让我跑了三趟，每趟要的材料都不一样，还说“爱办不办”。",
        (
            do("2h", "accept", "shen"),
            do("1d", "note", "shen", words="已向大厅调取当天的办件记录，本周内当面了解情况后答复您。"),
        ),
    ),
    Story(
        "loan", "2 working days, 10:20", "resident16", "other", "7栋", 1,
        "对门邻居去年借了我三千块钱一直不还，请社区帮我要回来。",
        (
            do("50m", "decline", "wu", reason="private",
               words="借款是两家之间的事，社区不能代为追讨。可以一起坐下来谈，也可以到区法律援助中心免费咨询。"),
        ),
    ),
    Story(
        "bins-a", "3 working days, 08:10", "resident18", "rubbish", "2栋", 1,
        "二栋门口的垃圾桶满了两天，苍蝇乱飞。",
        (
            do("4m", "accept", "liu"),
            do("5m", "arrive", "liu", qr=True),
            do("25m", "finish", "liu", words="两个桶都清空冲洗了，跟清运公司说好每天多来一趟。"),
            do("3h", "verify", "zhao", words="看过了，桶是空的，地面也冲过。", qr=True),
            rate("9h", 4),
        ),
    ),
    Story(
        "bins-b", "3 working days, 08:19", "resident20", "other", "2栋", 2,
        "楼下垃圾桶没人清，一股臭味。",
        (do("9m", "merge", "wu", to="bins-a"), rate("10h", 5, "当天就清了。")),
    ),
)  # fmt: skip

OUTDOORS = (
    Story(
        "sofa", "-95m", "yu", "rubbish", "7栋", 1,
        "消防通道被一张旧沙发和两块床垫堵着，担架过不去。",
        (do("4m", "accept", "liu"), do("5m", "arrive", "liu")),
        spot="东侧通道",
        is_finding=True,
    ),
    Story(
        "manhole", "2 days, 09:05", "zhao", "sewer", "5栋", 1,
        "井盖翘起一角，走过去会响，老人容易绊倒。",
        (
            do("4m", "accept", "zhou"),
            do("5m", "arrive", "zhou", qr=True),
            do("28m", "finish", "zhou", words="换了胶圈，井盖压平了。"),
            do("26h", "verify", "zhao", words="踩上去不响了。", qr=True),
        ),
        is_finding=True,
    ),
    Story(
        "rail", "2 days, 15:30", "zhao", "facilities", "1栋", 1,
        "一栋坡道扶手底座锈穿，一推就晃。",
        (
            do("40m", "accept", "liu"),
            do("52m", "arrive", "liu"),
            do("3h", "finish", "liu", words="底座焊好，刷了防锈漆。"),
            do("20h", "not_fixed", "yu", words="焊缝又开了，扶手还是能晃动一寸左右。"),
            do("21h", "accept", "zheng"),
        ),
        is_finding=True,
    ),
    Story(
        "old-hu", "1 days, 10:10", "hu", "facilities", "2栋", 1,
        "楼门口台阶缺了一角，推轮椅上不去，来人搭把手才行。",
        (
            do("30m", "accept", "liu"),
            do("55m", "arrive", "liu", qr=True),
            do("4h", "finish", "liu", words="台阶缺角用水泥补好，旁边加了一块防滑条。"),
        ),
        filed_by="zhao",
    ),
    Story(
        "upstairs", "2 working days, 19:05", "resident22", "dispute", "3栋", 3,
        "楼上晚上九点以后还在敲打，说了几次越敲越响。",
        (
            do("30m", "accept", "luo"),
            do("20h", "mediate", "zhao", parties="501 和 401 两家，楼栋长白淑芬在场",
               agreement="九点以后不做木工活；401 有事先打电话，不敲暖气管。", follow_up_in=7),
        ),
    ),
)  # fmt: skip

BEHIND_THE_COUNTER = (*AT_THE_DESK, *OUTDOORS)


def dispute_a_home(street: Street, at: datetime) -> None:
    """Two people say that a home is theirs: until the community knows, neither counts as its owner."""
    home = Occupancy.objects.get(user=street.people["peng"])
    claim = occupancy.claim(
        street.people["cao"], home.unit, OccupancyRelation.OWNER, evidence="法院调解书", at=at - timedelta(days=2)
    )
    occupancy.dispute(
        claim,
        words="彭勇有房产证；曹雪说去年调解时房子归了她，原件下周带来。",
        against=[home],
        actor=street.people["wu"],
        at=at - timedelta(days=1),
    )
