"""What ships with every portal: categories in three languages, working calendars, the holidays that were known.

Tables for people to read; a migration writes them, `ensure` again where they are missing. What the office has changed
since stays changed: rows are only added, by code. What handles a category, and by when, ships with `issues`.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from typing import Any, NamedTuple

from chinese_calendar.constants import holidays as published_holidays
from chinese_calendar.constants import workdays as published_workdays

# `apps.get_model`, of a migration's historical models or of today's.
GetModel = Callable[[str, str], Any]


class ShippedCategory(NamedTuple):
    """One row of the table below. The order of the rows is the order on screen; tiles come first."""

    code: str
    name_zh: str
    name_en: str
    name_ko: str
    hint_zh: str
    hint_en: str
    hint_ko: str
    search_words: str
    is_tile: bool = True
    is_emergency: bool = False
    hides_petitioner: bool = False
    is_about_staff: bool = False
    is_about_street: bool = False
    is_listed: bool = True


CATEGORIES = (
    ShippedCategory(
        "electricity", "灯不亮", "Lights, power", "전등·전기",
        "楼道、院里，停电也算", "Stairs, yard, power cuts", "계단, 마당, 정전",
        "灯不亮 灯坏了 灯灭了 楼道灯 路灯 声控灯 感应灯 灯泡 灯管 黑灯瞎火 黑咕隆咚 停电 没电 没有电 断电 跳闸 电闸 "
        "电表 电线 插座 漏电 短路 light lights lamp dark power outage electricity 불 전등 가로등 정전 전기 누전",
    ),
    ShippedCategory(
        "security", "门禁大门", "Gates, doors", "출입문·보안",
        "刷不开、关不上", "Won't open, won't close", "안 열림, 안 닫힘",
        "门禁 刷卡 刷不开 门卡 大门 单元门 楼门 防盗门 关不上 打不开 锁坏了 对讲 可视对讲 门铃 保安 门岗 看门 陌生人 "
        "外人 推销 小偷 进贼 被偷 监控 围墙 栅栏 gate door lock key card intercom stranger guard thief "
        "출입문 현관문 경비 인터폰 도둑 잠금",
    ),
    ShippedCategory(
        "leak", "漏水渗水", "Leaks", "누수",
        "屋顶、水管", "Roof, pipes", "지붕, 배관",
        "漏水 渗水 滴水 楼上滴水 楼上漏水 往下滴 滴答 天花板 顶棚 洇水 洇了 阴湿 返潮 墙湿 墙皮湿 屋顶漏 房顶漏 漏雨 "
        "外墙渗水 水管爆 爆管 跑水 泡了 淹了 leak leaking drip wet ceiling roof rain burst 누수 물샘 물새요 천장 배관",
    ),
    ShippedCategory(
        "sewer", "下水堵", "Drains", "하수구 막힘",
        "返水、井盖", "Blocked, manholes", "역류, 맨홀",
        "下水 下水道 堵了 堵住 不下水 返水 反水 冒水 冒粪 马桶 厕所堵 地漏 污水 臭水 化粪池 井盖 窨井 阴沟 水沟 排水 "
        "积水 drain drains sewer toilet blocked manhole sewage 하수도 하수구 변기 막힘 역류 맨홀 오수",
    ),
    ShippedCategory(
        "plumbing", "自来水", "Water supply", "수도",
        "停水、水小、热水不热", "No water, no hot water", "단수, 수압, 온수",
        "停水 没水 没有水 水小 水压 水龙头 龙头 阀门 总闸 水表 热水不热 热水 没热水 水黄 水浑 水有味 自来水 水管 "
        "水泵 水箱 二次供水 water tap faucet pressure hot brown plumber 단수 수도 수압 온수 녹물 수도꼭지",
    ),
    ShippedCategory(
        "heating", "暖气不热", "Heating", "난방",
        "漏水也算", "Leaks count too", "누수도 포함",
        "暖气 不热 不暖 冰凉 拔凉 冻死 太冷 冷 供暖 供热 停暖 地暖 地热 暖气片 放气 跑气 暖气漏 室温 温度 热力 "
        "heating heat cold radiator 난방 보일러 라디에이터 추워요 온돌",
    ),
    ShippedCategory(
        "lift", "电梯", "Lift", "승강기",
        "停了、异响", "Stopped, odd noises", "고장, 소음",
        "电梯 电梯坏了 停了 停运 停梯 异响 咣当 抖 晃 不关门 不平层 按键 按不亮 升降机 年检 "
        "lift elevator broken stopped 승강기 엘리베이터 고장",
    ),
    ShippedCategory(
        "lift_trapped", "电梯困人", "Stuck in a lift", "승강기 갇힘",
        "先按梯内的紧急按钮", "Press the alarm button first", "먼저 비상 버튼을 누르세요",
        "困人 被困 关在电梯里 困在电梯 卡在电梯 出不来 电梯门打不开 急坠 stuck trapped 갇힘 갇혔어요",
        is_emergency=True,
    ),
    ShippedCategory(
        "gas", "煤气味", "Gas smell", "가스 냄새",
        "别开灯，先到屋外", "Touch no switch, go outside", "스위치를 만지지 말고 밖으로",
        "煤气 煤气味 天然气 燃气 液化气 漏气 瓦斯 臭鸡蛋味 燃气表 煤气罐 gas smell 가스 가스냄새 가스누출",
        is_emergency=True,
    ),
    ShippedCategory(
        "wall_crack", "墙面裂缝", "Wall cracks", "벽 균열",
        "外墙、掉皮", "Outer wall, falling pieces", "외벽, 떨어짐",
        "裂缝 裂了 开裂 裂纹 墙裂 外墙 掉皮 掉砖 掉瓷砖 脱落 墙皮 鼓包 空鼓 保温层 砸人 下沉 沉降 "
        "crack cracks wall tiles falling plaster 균열 갈라짐 외벽 타일 벗겨짐",
    ),
    ShippedCategory(
        "parking", "停车堵路", "Parking", "주차",
        "占道、消防通道", "Blocked road, fire lane", "길막, 소방 통로",
        "停车 乱停 堵车 堵路 堵门 挡道 占道 占车位 车位 挪车 消防通道 人行道 地锁 僵尸车 出不去 进不来 "
        "parking car cars blocked jam 주차 불법주차 길막 차량 막혀요",
    ),
    ShippedCategory(
        "ebike", "电动车", "E-bikes", "전동 자전거",
        "充电、进楼", "Charging, taken indoors", "충전, 실내 반입",
        "电动车 电瓶车 电驴 电摩 充电 充电桩 充电棚 飞线 拉线充电 进楼 上楼 推进电梯 电瓶 着火 "
        "ebike bike scooter charging battery 전동자전거 전기자전거 충전 배터리 오토바이",
    ),
    ShippedCategory(
        "noise", "噪音", "Noise", "소음",
        "装修、广场舞", "Building work, loud music", "공사, 음악",
        "噪音 噪声 吵 太吵 太闹 闹腾 半夜太吵 睡不着 装修 电钻 敲墙 广场舞 音响 喇叭 唱歌 打麻将 施工 工地 嗡嗡响 "
        "noise noisy loud music drilling 소음 시끄러워요 공사 층간소음 음악",
        is_listed=False,
    ),
    ShippedCategory(
        "fumes", "油烟异味", "Fumes, smells", "연기·냄새",
        "楼下店铺", "Shops downstairs", "아래층 가게",
        "油烟 油烟味 呛人 呛得慌 熏人 饭店 烧烤 烧烤摊 排烟 烟囱 异味 臭味 味儿大 焊接味 油漆味 "
        "fumes smoke smell restaurant barbecue 연기 냄새 식당 고기 매연",
    ),
    ShippedCategory(
        "rubbish", "垃圾", "Rubbish", "쓰레기",
        "桶满、乱堆", "Full bins, dumping", "쓰레기통, 무단 투기",
        "垃圾 垃圾桶 桶满了 没人收 不清运 乱堆 乱扔 堆放 杂物 楼道堆 建筑垃圾 装修垃圾 大件 旧家具 捡破烂 脏 不打扫 "
        "保洁 苍蝇 老鼠 蟑螂 rubbish garbage trash bin dirty rats 쓰레기 무단투기 청소 벌레 쥐",
    ),
    ShippedCategory(
        "pets", "宠物", "Pets", "반려동물",
        "不牵绳、粪便", "No lead, droppings", "목줄, 배설물",
        "宠物 狗 遛狗 不牵绳 不拴绳 狗屎 狗粪 狗叫 咬人 流浪狗 流浪猫 猫 野猫 大型犬 养鸡 鸽子 "
        "pet dog cat barking bite stray 반려견 개 고양이 목줄 배설물 짖어요",
        is_listed=False,
    ),
    ShippedCategory(
        "dispute", "邻里纠纷", "Neighbours", "이웃 갈등",
        "不公开", "Not made public", "공개하지 않음",
        "邻居 吵架 打架 骂人 纠纷 矛盾 闹矛盾 楼上 楼下 对门 占地方 占楼道 种菜 鞋柜 调解 说理 不讲理 "
        "neighbour neighbor quarrel dispute 이웃 다툼 갈등 싸움",
        hides_petitioner=True, is_listed=False,
    ),
    ShippedCategory(
        "deeds", "证件手续", "Papers, deeds", "서류·등기",
        "房产证等", "Title deeds and the like", "부동산 등기 등",
        "房产证 房本 房照 不动产证 产权证 办证 办不下来 手续 过户 落户 证明 盖章 契税 维修基金 "
        "title deed deeds property certificate papers 등기 등기부 집문서 증명서 서류",
        is_listed=False,
    ),
    ShippedCategory(
        "trees", "树木绿化", "Trees, greenery", "나무·녹지",
        "挡光、枯枝、草坪", "Shade, dead branches, lawn", "그늘, 마른 가지, 잔디",
        "树 大树 树枝 树杈 挡光 遮光 枯枝 枯树 倒了 砸车 草坪 绿化 花坛 修剪 剪枝 虫子 毛毛虫 杨絮 飞絮 "
        "tree trees branch lawn grass 나무 가지 잔디 녹지 벌레 꽃가루",
        is_tile=False,
    ),
    ShippedCategory(
        "facilities", "公共设施", "Shared facilities", "공용 시설",
        "健身器材、长椅、路面", "Exercise gear, benches, paving", "운동 기구, 벤치, 노면",
        "健身器材 器材 长椅 凳子 椅子 滑梯 儿童 秋千 亭子 宣传栏 路面 坑 坑洼 地砖 台阶 扶手 坡道 雨棚 信报箱 快递柜 "
        "bench playground exercise paving steps handrail 벤치 놀이터 운동기구 계단 난간 보도블록",
        is_tile=False,
    ),
    ShippedCategory(
        "old_people", "为老服务", "Help for older people", "어르신 도움",
        "送餐、看病、上门帮忙", "Meals, doctor, help at home", "식사, 병원, 가사 도움",
        "老人 老头 老太太 独居 没人照顾 送餐 送饭 食堂 看病 取药 量血压 理发 买菜 跑腿 扶一把 摔倒 摔了 轮椅 助浴 "
        "old elderly senior meals help 어르신 노인 할머니 할아버지 독거 도시락 병원",
        is_tile=False, is_listed=False,
    ),
    ShippedCategory(
        "lost", "丢了东西", "Lost property", "분실물",
        "快递、钥匙、宠物", "Parcels, keys, pets", "택배, 열쇠, 반려동물",
        "丢了 丢东西 丢失 找不到 不见了 落下 捡到 拾到 失物 招领 快递 快递丢了 包裹 钥匙 钱包 手机 身份证 走丢 "
        "lost found parcel keys wallet 분실 잃어버렸어요 습득 택배 열쇠 지갑",
        is_tile=False,
    ),
    ShippedCategory(
        "fees", "物业收费", "Property fees", "관리비",
        "物业费、停车费、账目", "Service and parking fees, accounts", "관리비, 주차비, 내역",
        "物业费 收费 乱收费 多收 停车费 电梯费 公摊 水电费 账目 公示 发票 收据 欠费 押金 装修押金 "
        "fee fees bill charge invoice 관리비 요금 영수증 주차비",
        is_tile=False,
    ),
    ShippedCategory(
        "unauthorised", "违章搭建", "Unauthorised building", "무단 증축",
        "私搭乱建、占绿地", "Extensions, taken green space", "무허가 건축, 녹지 점유",
        "违建 违章 违章建筑 私搭乱建 搭棚 加盖 封阳台 圈地 占绿地 占公共 拆承重墙 承重墙 住改商 群租 "
        "illegal unauthorised unauthorized extension building 불법건축 무단증축 무허가 불법개조",
        is_tile=False, is_listed=False,
    ),
    ShippedCategory(
        "complaint", "投诉物业公司", "Complaint about the company", "관리회사 불만",
        "被投诉的人看不到", "The person concerned can't see it", "당사자는 볼 수 없음",
        "投诉 投诉物业 举报 态度不好 态度差 不管 没人管 推来推去 踢皮球 糊弄 敷衍 骂人 不作为 保安态度 管家 "
        "complaint complain company staff rude 불만 민원 신고 불친절 직원 관리소",
        is_tile=False, hides_petitioner=True, is_about_staff=True, is_listed=False,
    ),
    ShippedCategory(
        "complaint_community", "投诉社区工作人员", "Complaint about community staff", "커뮤니티 직원 불만",
        "直接到街道，社区看不到", "Straight to the street office", "가도로 바로 전달, 커뮤니티는 볼 수 없음",
        "投诉社区 举报社区 社区工作人员 网格员 网格长 楼栋长 支部书记 居委会 居委会不管 社区不管 态度不好 "
        "complaint community grid worker secretary committee 커뮤니티 그리드 주민위원회 불만 민원",
        is_tile=False, hides_petitioner=True, is_about_staff=True, is_listed=False,
    ),
    ShippedCategory(
        "complaint_street", "投诉街道工作人员", "Complaint about street office staff", "가도 사무소 직원 불만",
        "直接到区里，街道和社区看不到", "Straight to the district", "구로 바로 전달, 가도는 볼 수 없음",
        "投诉街道 举报街道 街道办 街道办事处 街道干部 街道工作人员 办事处 街道不管 不作为 态度不好 "
        "complaint street office officer subdistrict 가도 사무소 공무원 불만 민원",
        is_tile=False, hides_petitioner=True, is_about_staff=True, is_about_street=True, is_listed=False,
    ),
    ShippedCategory(
        "other", "其他", "Something else", "기타",
        "都不是，自己写", "None of these, in my own words", "해당 없음, 직접 쓰기",
        "其他 别的 不知道 说不清 建议 咨询 问一下 other else question suggestion 기타 문의 건의",
        is_tile=False, is_listed=False,
    ),
)  # fmt: skip

# Frozen as first shipped: later changes of these two are the office's.
CALENDARS = (
    {"code": "always", "name_zh": "全天候", "name_en": "Day and night", "name_ko": "24시간", "always_open": True},
    {"code": "office", "name_zh": "工作时间", "name_en": "Office hours", "name_ko": "근무 시간", "always_open": False},
)
OFFICE_HOURS = ((time(9), time(12)), (time(13, 30), time(18)))
# Deadlines reach back a year at most when a register is taken over; `manage.py load_calendar` adds any other year.
YEARS = (2025, 2026)


def ensure(get_model: GetModel, *, at: datetime) -> None:
    """Add the categories, calendars and holidays that are missing. Changes nothing that is there."""
    _ensure_categories(get_model("governance", "Category"))
    ensure_calendars(get_model)
    _ensure_years(get_model("governance", "CalendarYear"), get_model("governance", "CalendarDay"), at)


def _ensure_categories(category_model: Any) -> None:
    # A migration's historical model may not know the younger columns yet.
    known = {field.name for field in category_model._meta.get_fields()}
    rows = [
        category_model(position=10 * place, **{name: value for name, value in row._asdict().items() if name in known})
        for place, row in enumerate(CATEGORIES, start=1)
    ]
    category_model.objects.bulk_create(rows, ignore_conflicts=True)


def ensure_calendars(get_model: GetModel) -> None:
    """Add the two calendars if they are missing; one that is there keeps its hours."""
    calendar_model = get_model("governance", "WorkingCalendar")
    window_model = get_model("governance", "WorkingWindow")
    for shipped in CALENDARS:
        if calendar_model.objects.filter(code=shipped["code"]).exists():
            continue
        calendar = calendar_model.objects.create(**shipped)
        if not calendar.always_open:
            hours = [
                window_model(calendar=calendar, opens_at=opens, closes_at=closes) for opens, closes in OFFICE_HOURS
            ]
            window_model.objects.bulk_create(hours)


def _ensure_years(year_model: Any, day_model: Any, at: datetime) -> None:
    source = f"chinesecalendar {version('chinesecalendar')}"
    known = set(year_model.objects.values_list("year", flat=True))
    for year in set(YEARS) - known:
        year_model.objects.create(year=year, source=source, loaded_at=at)
        days = [day_model(day=day, kind=kind, name=name, source=source) for day, kind, name in marked_days(year)]
        day_model.objects.bulk_create(days, ignore_conflicts=True)


def marked_days(year: int) -> list[tuple[date, str, str]]:
    """The days of `year` that are not like their weekday: date, kind and the holiday that makes them so."""
    off = {day: ("holiday", name) for day, name in published_holidays.items() if day.year == year}
    # Last, and so stronger: a day that people work is no holiday.
    made_up = {day: ("workday", name) for day, name in published_workdays.items() if day.year == year}
    return [(day, *marked) for day, marked in sorted((off | made_up).items())]


SHIPPED_AT = datetime(2026, 1, 1, tzinfo=UTC)
