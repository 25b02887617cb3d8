"""An office's export of its petitions, as tests bring it: the usual columns, and a row that is good as it stands."""

from datetime import datetime
from typing import Any, BinaryIO

from residents.domain.importing import Brought, Outcome, import_petitions
from residents.domain.office_exports import open_export
from tests.cast import NOW, Cast
from tests.governance.imports.workbooks import xlsx

HEADINGS = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间")
FILED = "2019/4/25 9:32:09"
REPLIED = "2019/5/10 14:56:53"


def row(
    number: Any = "2549",
    author: Any = "A00045581",
    subject: Any = "小区物业管理有问题",
    filed: Any = FILED,
    words: Any = "楼道漏水。",
    reply: Any = "已修好。",
    replied: Any = REPLIED,
) -> tuple[Any, ...]:
    return (number, author, subject, filed, words, reply, replied)


def bring(
    cast: Cast,
    *rows: tuple[Any, ...],
    headings: tuple[str, ...] = HEADINGS,
    source: str = "",
    dry_run: bool = False,
    at: datetime = NOW,
) -> Outcome:
    return bring_file(cast, xlsx([headings, *rows]), source=source, dry_run=dry_run, at=at)


def bring_file(cast: Cast, file: BinaryIO, *, source: str = "", dry_run: bool = False, at: datetime = NOW) -> Outcome:
    brought = Brought(open_export(file), cast.subdistrict, source, "export.xlsx", "0" * 64)
    return import_petitions(brought, actor="import_petitions", at=at, dry_run=dry_run)
