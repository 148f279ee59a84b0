"""命令 check: 原稿、文章、標準入力を調べる。初めの 2 つは本物のプロセス、ほかは同じ入口をこのプロセスで。"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.in_process import SameProcess
from tests.conftest import Tsutawaru

FRONT = """\
---
表題: 第6期計画
発行: 川崎市社会福祉協議会
計画: 地域福祉活動推進計画
期: 6
日付: 2026-11-22
出典: 冊子
---

"""
STANDARD = f"{FRONT}# 相談 {{#talk}}\n\n3人の職員が相談を受けます。\n"
PLAIN = f"{FRONT}# 話 {{#talk}}\n\n3人が話を聞きます。\n"


@pytest.fixture
def kawasaki(tmp_path: Path) -> Path:
    folder = tmp_path / "kawasaki"
    folder.mkdir()
    (folder / "plan-6.md").write_text(STANDARD, "utf-8")
    (folder / "plan-6.plain.md").write_text(PLAIN, "utf-8")
    return folder


def test_text_without_warnings_is_done(tsutawaru: Tsutawaru) -> None:
    done = tsutawaru("check", input="あした、駅に行きます。\n")
    assert done.returncode == 0
    assert done.stdout.startswith(
        "直すもの 0、考えるもの 0、わけがあって認めたもの 0\nやさしさの点: "
    )
    assert "jReadability" in done.stdout
    assert done.stderr == ""


def test_warning_is_told_with_line_words_advice_and_example(tsutawaru: Tsutawaru) -> None:
    done = tsutawaru("check", "-", input="本を読みます。\n公園において歌います。\n")
    assert done.returncode == 1
    first, example, *_ = done.stdout.splitlines()
    assert first.startswith("2 行目【直す】「において」")
    assert first.endswith("（formal）")
    assert example == "    例: で"


def test_hints_alone_are_no_findings(here: SameProcess) -> None:
    done = here("check", input="15時に来てください。\n")
    assert done.returncode == 0
    assert "【考える】「15時」" in done.stdout


def test_json(here: SameProcess) -> None:
    done = here("check", "--json", input="公園において歌います。\n")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert set(found) == {"score", "jreadability", "signals", "remarks"}
    assert 0 < found["score"] < 100
    assert found["signals"]
    (remark,) = [r for r in found["remarks"] if r["severity"] == "warning"]
    assert remark.pop("message").endswith("。")
    assert remark == {
        "code": "formal",
        "severity": "warning",
        "section": "",
        "line": 1,
        "start": 2,
        "end": 6,
        "text": "において",
        "suggestion": "で",
        "excuse": "",
    }


def test_lines_gives_one_score_a_line_and_higher_is_easier(here: SameProcess) -> None:
    text = "猫がいます。\n\n地域福祉活動推進計画を策定する。\n"
    done = here("check", "--lines", input=text)
    assert done.returncode == 0
    easy, blank, hard, *rest = done.stdout.split("\n")
    assert (blank, rest) == ("", [""])
    assert float(easy) > float(hard)


def test_lines_of_a_file_are_those_of_the_input(here: SameProcess, tmp_path: Path) -> None:
    file = tmp_path / "text.txt"
    for text in ("猫がいます。\n\n犬がいます。\n", "猫がいます。\n\n犬がいます。"):
        file.write_text(text, "utf-8")
        done = here("check", "--lines", file)
        assert done.stdout == here("check", "--lines", input=text).stdout
        assert done.stdout.count("\n") == 3


def test_notation_is_checked_by_section(here: SameProcess, kawasaki: Path) -> None:
    (kawasaki / "plan-6.plain.md").write_text(PLAIN + "\n公園が作られます。\n", "utf-8")
    done = here("check", kawasaki / "plan-6.plain.md", "--json")
    (remark,) = [r for r in json.loads(done.stdout)["remarks"] if r["code"] == "passive"]
    assert (remark["section"], remark["line"], remark["text"]) == ("talk", 14, "作られます")


def test_plain_notation_is_compared_with_the_standard_beside_it(
    here: SameProcess, kawasaki: Path
) -> None:
    plain = kawasaki / "plan-6.plain.md"
    assert here("check", plain).returncode == 0
    plain.write_text(PLAIN.replace("3人", "5人"), "utf-8")
    done = here("check", plain)
    assert done.returncode == 1
    assert "12 行目【直す】「5」" in done.stdout
    (kawasaki / "plan-6.md").unlink()
    assert here("check", plain).returncode == 0


def test_excuses_of_the_council_are_used(here: SameProcess, kawasaki: Path) -> None:
    plain = kawasaki / "plan-6.plain.md"
    plain.write_text(PLAIN + "\n公園が作られます。\n", "utf-8")
    assert here("check", plain).returncode == 1
    table = "決まり\t言葉\t理由\t原稿\npassive\t作られます\tだれが作るか決まっていない\tplan-6\n"
    (kawasaki / "excuses.tsv").write_text(table, "utf-8")
    done = here("check", plain)
    assert done.returncode == 0
    assert "【認めた】「作られます」" in done.stdout
    assert "    認めたわけ: だれが作るか決まっていない" in done.stdout
    assert "認めたもの 1\n" in done.stdout


def test_fault_in_excuses_is_told(here: SameProcess, kawasaki: Path) -> None:
    (kawasaki / "excuses.tsv").write_text("passive\t作られます\n", "utf-8")
    done = here("check", kawasaki / "plan-6.plain.md")
    assert (done.returncode, done.stdout) == (1, "")
    assert "excuses.tsv の 1 行目: 見出しがありません。" in done.stderr
    assert done.stderr.count("\n") == 1


def test_fault_in_notation_is_told(here: SameProcess, kawasaki: Path) -> None:
    plain = kawasaki / "plan-6.plain.md"
    plain.write_text(FRONT + "本文\n", "utf-8")
    done = here("check", plain)
    assert done.returncode == 1
    assert f"{plain} の 10 行目: 本文の最初には見出しを書いてください" in done.stderr


def test_markdown_without_front_matter_is_bare_text(here: SameProcess, tmp_path: Path) -> None:
    file = tmp_path / "note.md"
    file.write_bytes("\ufeff# 話\r\n\r\n公園において歌います。\r\n".encode())
    done = here("check", file)
    assert done.returncode == 1
    assert done.stdout.startswith("3 行目【直す】「において」")


def test_bad_calls(here: SameProcess, tmp_path: Path) -> None:
    (tmp_path / "sjis.txt").write_bytes("日本語".encode("shift_jis"))
    for arguments, said in [
        (["none.txt"], "none.txt というファイルはありません"),
        ([str(tmp_path)], f"{tmp_path} を開けません"),
        ([str(tmp_path / "sjis.txt")], "UTF-8 ではありません"),
        (["--json", "--lines"], "--json と --lines は、どちらか 1 つだけ"),
    ]:
        done = here("check", *arguments, input="")
        assert (done.returncode, done.stdout) == (2, "")
        assert said in done.stderr
        assert done.stderr.count("\n") == 1
