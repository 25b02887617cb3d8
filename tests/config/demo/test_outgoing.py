"""A new resident has only the terminal to learn the code from."""

from config.demo.outgoing import Outgoing

CODE = "[SMS → +8613912340099] 有应: 您的登录验证码是 175821，5 分钟内有效。"
CALL = "[CALL → +8613800130004] 新工单：5栋 2单元 灯不亮"


def test_only_messages_are_told_and_each_once(tmp_path):
    web, worker = tmp_path / "web.log", tmp_path / "worker.log"
    web.write_text("[SMS → +8613800130021] of an earlier run\n")
    outgoing = Outgoing([web, worker])

    with web.open("a") as log:
        log.write(f"[2026-11-22 09:53:08 +0800] [INFO] Worker exiting\n{CODE}\n")
    worker.write_text(f"{CALL}\n")

    assert list(outgoing.fresh()) == [CODE, CALL]
    assert list(outgoing.fresh()) == []


def test_a_half_written_line_waits_until_it_is_whole(tmp_path):
    web = tmp_path / "web.log"
    outgoing = Outgoing([web])
    half = CODE.encode()[:9]  # in the middle of the arrow

    web.write_bytes(half)
    assert list(outgoing.fresh()) == []

    web.write_bytes(CODE.encode() + b"\n")
    assert list(outgoing.fresh()) == [CODE]
