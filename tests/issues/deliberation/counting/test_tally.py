"""`manage.py tally` as people run it: a process, with no database anywhere."""

import json
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.config.processes import start
from tests.issues.deliberation.counting.second_counter import second_count
from tests.issues.deliberation.counting.votes import SPECIAL_MATTER, Raw, made_up, sums, written

PASSED = sums(**{"for": (666_667, 70), "silent": (333_333, 30)})
MISSED = sums(SPECIAL_MATTER, **{"for": (749_999, 75), "against": (250_001, 25)})
GUIDE = Path(__file__).resolve().parents[4] / "docs" / "tally-file.md"


def kept(raw: Raw, where: Path) -> Path:
    file = where / "vote.json"
    file.write_bytes(written(raw))
    return file


def tally(where: Path, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command where no server answers and none may be started."""
    nobody = {"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "REDIS_URL": "redis://127.0.0.1:1/0"}
    process = start(["manage.py", "tally", *arguments], where / "state", **nobody)
    said, _nothing = process.communicate(typed, timeout=60)
    return subprocess.CompletedProcess(arguments, process.returncode, said)


@pytest.mark.processes
@pytest.mark.parametrize(("raw", "verdict"), [(PASSED, "passed"), (MISSED, "not_passed")])
def test_a_file_is_counted_where_no_database_answers(tmp_path, raw, verdict):
    done = tally(tmp_path, str(kept(raw, tmp_path)), "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == verdict


@pytest.mark.processes
def test_a_file_comes_through_a_pipe_and_the_result_is_said_in_words(tmp_path):
    done = tally(tmp_path, "-", typed=written(MISSED).decode())
    assert done.returncode == 0
    assert "未通过\n四项要求达到 3 项。同意还差 0.01 ㎡。\n" in done.stdout
    assert "同意面积  至少参与的 3/4  7,499.99 ㎡   7,500.00 ㎡  74.99 %   0.01 ㎡  否\n" in done.stdout


@pytest.mark.processes
def test_a_bad_file_is_one_sentence_and_exit_1(tmp_path):
    (tmp_path / "bad.json").write_text("选票")
    done = tally(tmp_path, str(tmp_path / "bad.json"))
    assert (done.returncode, done.stdout) == (1, "CommandError: 文件不是 JSON：第 1 行第 1 列。\n")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.json 读不了：No such file or directory"):
        call_command("tally", str(tmp_path / "nowhere.json"))


def printed(capsys: pytest.CaptureFixture[str], file: Path) -> Raw:
    call_command("tally", str(file), "--json")
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("seed", range(20))
def test_the_json_is_what_another_counter_comes_to(tmp_path, capsys, seed):
    file = kept(made_up(seed, 120), tmp_path)
    result = printed(capsys, file)
    assert (result.pop("format"), result.pop("motion")["id"]) == ("youying-count/1", "B7F2")
    assert result == second_count(file.read_bytes())


def test_the_json_has_areas_as_text_and_heads_as_whole_numbers(tmp_path, capsys):
    result = printed(capsys, kept(sums(**{"for": (666_666, 8), "silent": (333_334, 2)}), tmp_path))
    assert result["verdict"] == "no_quorum"
    assert result["quorum"] == {
        "area": {
            "reached": "6666.66",
            "needed": "6666.67",
            "short_by": "0.01",
            "met": False,
            "exact": "20000/3",
            "of": "10000.00",
            "share": "2/3",
            "strictly_more": False,
            "short_by_newcomers": None,
        },
        "heads": {
            "reached": 8,
            "needed": 7,
            "short_by": 0,
            "met": True,
            "exact": "20/3",
            "of": 10,
            "share": "2/3",
            "strictly_more": False,
            "short_by_newcomers": None,
        },
    }


def test_the_example_of_the_guide_has_the_result_that_stands_there(tmp_path, capsys):
    _before, example, result = (part.partition("\n```")[0] for part in GUIDE.read_text().split("```json\n"))
    file = tmp_path / "example.json"
    file.write_text(example)
    assert printed(capsys, file) == json.loads(result)
