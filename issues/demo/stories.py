"""What happened in the demo's street in the last three weeks, and what is happening now. A table to read and add to.

When a story begins: `-12m` is twelve minutes before the demo is loaded, `3 days, 19:42` that time three days ago,
`6 working days, 16:20` six working days ago. Deeds follow after so much time from filing: `40s`, `9m`, `20h`, `2d`.
"""

from dataclasses import dataclass
from typing import Any

from residents.models import NameVisibility


@dataclass(frozen=True)
class Deed:
    """After `after`, `who` (empty: the petitioner) does `verb`, one of those in `issues.demo.playing`."""

    after: str
    verb: str
    who: str = ""
    facts: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Story:
    """One petition, in its person's words, and what became of it."""

    key: str
    begins: str
    who: str
    category: str
    building: str
    stairwell: int | None
    words: str
    deeds: tuple[Deed, ...] = ()
    spot: str = ""
    pictures: tuple[str, ...] = ()
    same_as: str = ""
    name_visibility: str = NameVisibility.HANDLERS
    filed_by: str = ""
    is_finding: bool = False


def do(after: str, verb: str, who: str = "", **facts: Any) -> Deed:
    return Deed(after, verb, who, tuple(facts.items()))


def rate(after: str, stars: int, words: str = "", *, solved: bool = True, contacted: bool = True) -> Deed:
    return do(after, "rate", satisfaction=stars, words=words, is_solved=solved, was_contacted=contacted)


UNDER_WAY = (
    Story(
        "lamp-new", "-1m", "zhang", "electricity", "5栋", 2,
        "二单元三楼到四楼的楼道灯全黑了，老人上下楼看不见台阶。",
        pictures=("stairs_dark",),
    ),
    Story(
        "gate", "-12m", "li", "security", "3栋", 2,
        "单元门禁刷卡没反应，按密码也打不开，几户人家都在门外等着。",
        (do("70s", "accept", "zhou"), do("4m", "arrive", "zhou", qr=True)),
        pictures=("door",),
    ),
    Story(
        "drain", "-9m", "jin", "sewer", "5栋", 1,
        "1호 라인 앞 하수구가 막혀서 물이 넘치고 냄새가 심합니다.",
        (do("3m", "accept", "liu"),),
        spot="单元门口", pictures=("drain_flooded",),
    ),
    Story(
        "lamp-late", "-160m", "yang", "electricity", "3栋", 1,
        "一楼声控灯怎么拍都不亮，我眼神不好，昨天差点绊倒。",
        (
            do("3m", "accept", "liu"),
            do("21m", "arrive", "liu"),
            do("38m", "note", "liu", words="灯座烧坏了，库房缺同型号灯管，正在找。"),
            do("75m", "reassign", "zheng", holder="zheng"),
            do("96m", "supplement", words="二楼的也一闪一闪的，麻烦一起看看。"),
            do("110m", "nudge"),
            do("118m", "note", "zheng", words="灯管已经从隔壁项目调来，马上换，二楼的一起换。"),
        ),
        pictures=("stairs_dark",),
    ),
    Story(
        "lift", "-50m", "huang", "lift", "6栋", 1,
        "电梯停在一楼不动了，按键不亮，六楼有位老人要去透析。",
        (
            do("6m", "accept", "zhou"),
            do("14m", "arrive", "zhou", qr=True),
            do("19m", "note", "zhou", words="维保人员已经在路上。老人由我和保安背下楼，不耽误透析。"),
        ),
        pictures=("lift_stopped",),
    ),
    Story(
        "cold", "-40m", "xu", "heating", "1号楼", 1,
        "主卧暖气片摸着冰凉，客厅的还行，孙子感冒了。",
        (do("2m", "accept", "gao"), do("8m", "arrive", "gao", qr=True), do("11m", "someone_here")),
        pictures=("radiator",),
    ),
    Story(
        "tree", "-6h", "lin", "trees", "4栋", 2,
        "楼前那棵大杨树有根粗枝劈了，挂在半空，下面就是孩子们走的路。",
        (
            do("5h", "nudge"),
            do("5h20m", "account", "zheng", by_when_in=1,
               what_went_wrong="吊车昨天借到外区，班长没有及时上报。",
               what_was_done="树下已拉警戒线并有人看守，今天傍晚六点前吊车到场。"),
        ),
        pictures=("tree_over_path",),
    ),
    Story(
        "ebikes", "-35m", "zhu", "ebike", "3栋", 2,
        "有人从二楼窗户拉线下来给电动车充电，插线板就放在地上。",
        (do("4m", "accept", "liu"), do("4m30s", "arrive", "liu", qr=True)),
        pictures=("charging_wire",),
    ),
    Story(
        "crack", "4 days, 10:15", "zhang", "wall_crack", "5栋", 3,
        "三单元东侧外墙从二楼裂到四楼，下雨天渗水，墙皮一块一块往下掉。",
        (
            do("9m", "accept", "zheng"),
            do("55m", "arrive", "zheng", qr=True),
            do("70m", "note", "zheng", words="先拉了警戒线，掉墙皮的地方请大家绕行。"),
            do("20h", "plan", "zheng", in_days=9,
               words="请检测单位看过：保温层空鼓，主体结构没有问题。先铲除空鼓部分，再补缝、做防水，分三天施工。"),
            do("50h", "note", "zheng", words="脚手架今天搭好，明天开始铲除空鼓部分。"),
        ),
        pictures=("wall_crack",),
    ),
    Story(
        "crack-no-plan", "-19h", "peng", "wall_crack", "3号楼", 3,
        "三单元楼梯间墙面裂了一条缝，能塞进一枚硬币，越来越宽。",
        (do("13m", "accept", "he"), do("42m", "arrive", "he")),
        pictures=("wall_crack",),
    ),
    Story(
        "school-road", "2 working days, 16:20", "li", "parking", "3栋", 2,
        "学校路人行道停满了车，孩子上学只能走机动车道。",
        (
            do("4m", "accept", "liu"),
            do("25m", "return", "liu", reason="needs_others",
               words="停在市政人行道上，物业无权挪车，需要社区找交警和学校一起办。"),
            do("40m", "accept", "wu"),
            do("70m", "note", "wu", words="约了派出所、学校、物业和几位居民，明天上午一起看现场。"),
            do("17h40m", "arrive", "wu"),
            do("20h", "note", "wu", words="现场定了三件事：恒信物业出资装护栏，派出所上下学时段巡逻，社区上门解释。"),
            do("18h", "account", "wu", by_when_in=5,
               what_went_wrong="装隔离栏要街道和交警一起定，会拖到今天才约上。",
               what_was_done="已约交警和学校周三下午到现场看，放学时段社区先派人值守。"),
            do("20h", "accept_account", "sun"),
        ),
        spot="学校路北侧人行道", pictures=("cars_on_pavement",),
    ),
    Story(
        "fumes", "5 working days, 10:40", "zhu", "fumes", "3栋", 2,
        "楼下新开的烧烤店每天晚上油烟直往屋里灌，窗户都不敢开。",
        (
            do("50m", "accept", "sun"),
            do("5h", "note", "sun", words="已通知执法中队，明晚营业时段到店里检查油烟净化设备。"),
            do("26h", "supplement", words="昨晚拍了照片，十一点还在冒烟。"),
        ),
        pictures=("smoke",),
    ),
    Story(
        "extension", "2 working days, 09:30", "deng", "unauthorised", "2号楼", 2,
        "一楼住户在公共绿地上搭了个棚子，砌了半人高的墙。",
    ),
    Story(
        "accounts", "3 working days, 11:05", "wang", "fees", "3栋", 2,
        "今年电梯维修费的账目一直没有公示，想知道钱花在哪里了。",
        (
            do("65m", "accept", "zheng"),
            do("4h", "note", "zheng", words="账目正在整理，本周内贴到公示栏，也发给您一份。"),
        ),
    ),
    Story(
        "quarrel", "1 working days, 15:10", "huang", "dispute", "6栋", 1,
        "楼上半夜拖椅子、剁馅，说了几次都不听，还在门口吵了起来。",
        (do("40m", "accept", "wu"), do("70m", "note", "wu", words="分别打过电话了，明晚七点请两家到议事厅坐下来谈。")),
    ),
    Story(
        "rude", "-90m", "lin", "complaint", "4栋", 2,
        "打电话问停车费怎么算，物业接电话的人没说两句就挂了，再打不接。",
    ),
    Story(
        "rubbish-again", "2 days, 18:20", "cao", "rubbish", "3号楼", 1,
        "垃圾桶两天没人清，袋子堆到路上，野猫扒得到处都是。",
        (
            do("4m", "accept", "song"),
            do("13m", "arrive", "song"),
            do("26m", "finish", "song", words="已经清运干净，桶也冲洗了。", picture="bins_empty"),
            rate("90m", 2, "只清了南边的桶，北边的还是满的。", solved=False),
            do("94m", "accept", "gao"),
            do("99m", "arrive", "gao", qr=True),
            do("112m", "note", "gao", words="北边三个桶都满了，清运车掉头回来再拉一趟。"),
            do("118m", "finish", "gao", words="北边的也清完了，明天起每天早晚各清一次。", picture="bins_empty"),
        ),
        pictures=("bins_full",),
    ),
    Story(
        "hot-water", "-28m", "hu", "plumbing", "2栋", 1,
        "热水放十分钟还是凉的，交了热水费的。",
        (do("5m", "accept", "liu"), do("22m", "arrive", "liu")),
    ),
    Story(
        "noisy-pump", "-75m", "resident04", "noise", "1栋", 1,
        "地下泵房嗡嗡响，楼上床板都跟着震。",
        (
            do("4m", "accept", "zhou"),
            do("5m", "arrive", "zhou", qr=True),
            do("27m", "finish", "zhou", words="水泵减震垫移位，已经重新垫好，现在测过声音正常。"),
            rate("40m", 1, "我在家听着还是响，一点没小。", solved=False),
            do("43m", "accept", "liu"),
        ),
    ),
)  # fmt: skip

WAITING_FOR_A_RATING = (
    Story(
        "lamp-done", "-95m", "li", "electricity", "3栋", 2,
        "地下车库入口的灯一闪一闪的，晚上倒车看不清。",
        (
            do("90s", "accept", "zhou"),
            do("4m", "arrive", "zhou", qr=True),
            do("26m", "finish", "zhou", words="换了两根灯管，镇流器也一起换了。", picture="stairs_lit"),
        ),
        pictures=("stairs_dark",),
    ),
    Story(
        "toilet", "1 days, 20:12", "yang", "sewer", "3栋", 1,
        "卫生间地漏往上返水，一股臭味。",
        (
            do("2m", "accept", "ma"),
            do("4m", "arrive", "ma"),
            do("6m", "someone_here"),
            do("29m", "finish", "ma", words="疏通了一楼主管道，捞出来一团拖把布条。", picture="drain_clear"),
        ),
        pictures=("drain_flooded",),
    ),
    Story(
        "toilet-neighbour", "1 days, 20:16", "resident02", "sewer", "3栋", 1,
        "一楼厕所也返水了，跟楼上说的是一回事。",
        same_as="toilet",
    ),
    Story(
        "handrail", "2 days, 08:50", "hu", "facilities", "2栋", 1,
        "一楼坡道的扶手松了，我推老伴的轮椅不敢扶。",
        (
            do("25m", "accept", "liu"),
            do("52m", "arrive", "liu", qr=True),
            do("2h20m", "finish", "liu", words="扶手重新打了膨胀螺栓，两个人使劲晃过，不动了。"),
        ),
    ),
    Story(
        "cards", "1 days, 09:05", "weber", "security", "1栋", 1,
        "My door card stopped working after the system update. I can only get in when a neighbour is around.",
        (
            do("3m", "accept", "zhou"),
            do("5m", "arrive", "zhou", qr=True),
            do("17m", "finish", "zhou", words="卡已重新授权，试了三次都能开。", picture="door_open"),
        ),
        pictures=("door",),
    ),
)  # fmt: skip

OVER = (
    Story(
        "trapped", "1 days, 18:41", "resident06", "lift_trapped", "7栋", 2,
        "两个人困在电梯里，停在四楼和五楼中间，已经按了紧急按钮。",
        (
            do("35s", "accept", "zhou"),
            do("4m", "arrive", "zhou", qr=True),
            do("24m", "finish", "zhou", picture="lift_stopped",
               words="维保到场放人，两位居民都平安。电梯停用检查，明早八点前恢复。"),
            rate("3h", 5, "来得真快，一直隔着门跟我们说话，没那么怕了。"),
        ),
    ),
    Story(
        "gas", "6 days, 07:22", "peng", "gas", "3号楼", 3,
        "楼道里有煤气味，一楼到三楼都能闻到。",
        (
            do("40s", "accept", "gao"),
            do("4m", "arrive", "gao", qr=True),
            do("65m", "finish", "gao", words="燃气公司查到一户软管老化，已经更换，复测正常，楼道已通风。"),
            rate("5h", 5),
        ),
    ),
    Story(
        "leak", "3 days, 19:42", "wang", "leak", "3栋", 2,
        "楼上漏水，卧室天花板洇了脸盆大一块，还在往下滴。",
        (
            do("8m", "accept", "ma"),
            do("21m", "arrive", "ma", qr=True),
            do("2h", "note", "ma", words="是楼上阳台地漏接口松了，先关了阀门，止住了。"),
            do("3h30m", "finish", "ma", words="接口换好，放水试了半小时不再渗。墙面干了以后再补。",
               picture="ceiling_dry"),
            rate("14h", 4, "修得挺仔细，就是晚了点。"),
        ),
        pictures=("ceiling_wet",),
    ),
    Story(
        "lift-a", "8 days, 07:50", "huang", "lift", "6栋", 1,
        "电梯关不上门，一直嘀嘀响，上班高峰全堵在楼下。",
        (
            do("3m", "accept", "zheng"),
            do("12m", "arrive", "zheng", qr=True),
            do("95m", "finish", "zheng", words="门光幕脏了误报，清洁后正常，已通知维保每周检查。",
               picture="lift_running"),
            rate("10h", 5),
        ),
        pictures=("lift_stopped",),
    ),
    Story(
        "lift-b", "8 days, 07:58", "resident08", "lift", "6栋", 1,
        "六栋电梯坏了，门开开关关就是不走。",
        (do("14m", "link", "wu", to="lift-a"), rate("11h", 5, "下班回来就好了。")),
    ),
    Story(
        "noise", "5 days, 13:05", "resident03", "noise", "4栋", 1,
        "中午一点还在用电钻，孩子刚睡着。",
        (do("3m", "accept", "liu"), do("9m", "supplement", words="现在停了。"), do("10m", "withdraw")),
    ),
    Story(
        "hall-light", "12 days, 21:15", "resident05", "electricity", "7栋", 1,
        "一单元门厅灯不亮。",
        (
            do("2m", "accept", "ma"),
            do("4m", "arrive", "ma", qr=True),
            do("19m", "finish", "ma", words="灯泡换好了。", picture="stairs_lit"),
            rate("12h", 5, "师傅态度很好。"),
        ),
    ),
    Story(
        "bench", "13 days, 16:30", "resident07", "facilities", "2栋", None,
        "小广场的长椅断了一块板，钉子露在外面，孩子容易扎着。",
        (
            do("30m", "accept", "liu"),
            do("44m", "arrive", "liu"),
            do("3h", "finish", "liu", words="断板已拆换，钉子全部清掉。"),
            rate("20h", 4),
        ),
        spot="小广场", pictures=("bench_broken",),
    ),
    Story(
        "shed", "15 days, 12:40", "resident10", "unauthorised", "7栋", 2,
        "顶楼有人在楼顶搭了个鸽子棚，羽毛和粪便往下掉。",
        (
            do("3h", "accept", "sun"),
            do("2d", "note", "sun", words="执法中队已上门，限三天内自行拆除。"),
            do("6d", "finish", "sun", words="鸽子棚已自行拆除，楼顶清理干净，现场复核过。"),
            rate("7d", 3, "拆是拆了，等了快一个星期。"),
        ),
    ),
    Story(
        "deeds", "16 days, 10:20", "deng", "deeds", "2号楼", 2,
        "买房六年了，房产证一直办不下来，问了好几个地方都说不归他管。",
        (
            do("40m", "accept", "sun"),
            do("8d", "finish", "sun",
               words="已查清：缺竣工备案材料。街道成立专班统一补办，您这一户排在第二批，材料清单已发给您。"),
            rate("9d", 4, "总算有个准信了。"),
        ),
    ),
    Story(
        "steward", "10 days, 17:35", "resident12", "complaint", "5栋", 2,
        "保安在门口跟送菜的老人大声嚷嚷，很难听。",
        (
            do("55m", "accept", "wu"),
            do("2d", "finish", "wu", words="与物业经理和当班保安谈过，保安已当面道歉，物业安排了文明服务培训。"),
            rate("3d", 4),
        ),
    ),
    Story(
        "parcel", "7 days, 18:05", "resident09", "lost", "4栋", 2,
        "快递柜显示已取件，可我没拿到，里面是老人的药。",
        (
            do("4m", "accept", "zhou"),
            do("5m", "arrive", "zhou", qr=True),
            do("22m", "finish", "zhou", words="看记录是对门拿错了，已经送到您家。"),
            rate("2h", 5, "药很要紧，谢谢周管家！"),
        ),
    ),
    Story(
        "lunch", "9 days, 10:10", "xu", "old_people", "1号楼", 1,
        "老伴摔了一跤不能做饭，想问问能不能送几天午饭。",
        (
            do("4m", "accept", "luo"),
            do("9m", "arrive", "luo"),
            do("12m", "someone_here"),
            do("50m", "finish", "luo", words="从今天起志愿者每天十一点半送餐，先送两周，再看恢复情况。"),
            rate("1d", 5, "当天中午就送来了，心里暖和。"),
        ),
    ),
    Story(
        "tap", "11 days, 08:30", "cao", "plumbing", "3号楼", 1,
        "厨房水龙头关不严，一晚上接了一盆水。",
        (
            do("3m", "accept", "song"),
            do("9m", "arrive", "song", qr=True),
            do("34m", "finish", "song", words="换了阀芯，不漏了。"),
            rate("6h", 5),
        ),
    ),
    Story(
        "drain-slow", "14 days, 06:50", "resident11", "sewer", "2栋", 2,
        "楼前雨水井堵了，一下雨就积水，出门要蹚水。",
        (
            do("12m", "accept", "ma"),
            do("31m", "arrive", "ma"),
            do("3h10m", "finish", "ma", words="清出两袋淤泥和落叶，放水试过，排得很快。", picture="drain_clear"),
            rate("15h", 2, "说好半小时，等了三个多小时。"),
        ),
        pictures=("drain_flooded",),
    ),
    Story(
        "dog", "18 days, 19:20", "resident13", "pets", "5栋", 3,
        "有人遛狗不牵绳，草坪上到处是狗粪。",
        (
            do("4m", "accept", "zhou"),
            do("5m", "arrive", "zhou"),
            do("28m", "finish", "zhou", words="找到狗主人当面说了，草坪已清理，入口放了拾便袋。"),
            rate("1d", 4),
        ),
    ),
    Story(
        "car", "4 days, 07:35", "resident14", "parking", "7栋", 2,
        "一辆车横在消防通道上，挪车电话打不通，我要送孩子上学。",
        (
            do("2m", "accept", "zhou"),
            do("4m", "arrive", "zhou", qr=True),
            do("15m", "finish", "zhou", words="联系上车主，已挪走。", picture="pavement_railings"),
            rate("30m", 5),
        ),
        pictures=("cars_on_pavement",),
    ),
    Story(
        "question", "2 days, 09:40", "weber", "other", "1栋", 1,
        "Where can I register as a new tenant, and which papers do I need to bring?",
        (
            do("4m", "accept", "wu"),
            do("16m", "finish", "wu",
               words="带护照和租房合同，到党群服务站一号窗口登记，工作日九点到六点。已发英文说明给您。"),
            rate("4h", 5, "Very clear, thank you."),
        ),
    ),
)  # fmt: skip

IN_THE_STREET = (*UNDER_WAY, *WAITING_FOR_A_RATING, *OVER)
# Somebody began to write this, and was called away.
LEFT_AS_A_DRAFT = ("li", "leak", "阳台顶上有一圈水印，")
