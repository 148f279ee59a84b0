"""利用の様子: 数、グラフ、CSV、答えられなかった質問。"""

from __future__ import annotations

import csv
import datetime
import io
import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from app.console.figures import spans
from app.console.plots import Series, columns, rows
from bot.notes import unanswered
from bot.people import count
from bot.tables import UNANSWERED
from content.database import writing
from tests.app.console.room import Room

PAGE = "/staff/dashboard"
TODAY = datetime.date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"


def add(room: Room, day: str, **numbers: int) -> None:
    with writing(room.engine) as connection:
        for name, number in numbers.items():
            count(connection, {(day, name.replace("__", " ")): number})  # type: ignore[arg-type]


def got(room: Room, day: str, way: str, number: int, publication: str = "umibe/plan-1") -> None:
    with writing(room.engine) as connection:
        count(connection, {(day, f"got {way} {publication} plain"): number})  # type: ignore[arg-type]


def asked(room: Room, question: str) -> None:
    with writing(room.engine) as connection:
        at = room.now.timestamp()
        connection.execute(UNANSWERED.insert(), {"question": question, "asked": at})


def sheet(text: str) -> list[list[str]]:
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_区切りは_今日で終わり_すきまも重なりもない() -> None:
    for period, number in (("days", 30), ("weeks", 12), ("months", 12)):
        found = spans(period, TODAY)
        assert len(found) == number and found[-1].holds("2026-11-22")
        for before, after in itertools.pairwise(found):
            assert before.last + datetime.timedelta(1) == after.first
    assert spans("months", datetime.date(2026, 1, 5))[0].first == datetime.date(2025, 2, 1)
    assert {s.first.weekday() for s in spans("weeks", TODAY)} == {0}


def test_数を_表とグラフとCSVに出す(room: Room) -> None:
    got(room, "2026-11-22", "audio", 3)
    got(room, "2026-11-02", "audio", 4)
    got(room, "2026-11-22", "epub", 2)
    got(room, "2026-10-01", "epub", 50)  # 30 日より前
    add(room, "2026-11-22", answer_quote=7, answer_choices=2, answer_decline=1, feedback_no=1)
    with room.logged_in("suzuki") as suzuki:
        page = suzuki.get(PAGE).text
        months = suzuki.get(PAGE, params={"period": "months"}).text
        table = sheet(suzuki.get(f"{PAGE}/got.csv").text)
        answers = sheet(suzuki.get(f"{PAGE}/answers.csv", params={"period": "months"}).text)
    assert "音声で聞く 7、EPUB（イーパブ）で読む、聞く 2。" in page
    assert "EPUB（イーパブ）で読む、聞く 52" in months
    assert table[0] == ["始め", "終わり", "音声で聞く", "EPUB（イーパブ）で読む、聞く"]
    assert len(table) == 31 and table[-1] == ["2026-11-22", "2026-11-22", "3", "2"]
    assert answers[-1] == ["2026-11-01", "2026-11-30", "7", "0", "2", "1"]
    assert '<th scope="row">11月22日</th><td>3</td><td>2</td>' in page


def test_受け持ちでない社協の数は出さない(room: Room) -> None:
    got(room, "2026-11-22", "audio", 3)
    got(room, "2026-11-22", "epub", 9, "yama/plan-1")
    suzuki = room.console.accounts.find("suzuki")
    assert suzuki is not None
    room.console.accounts.change(replace(suzuki, councils=frozenset({"umibe"})), room.actor("abe"))
    with room.logged_in("suzuki") as client:
        page = client.get(PAGE).text
    assert "音声で聞く 3。" in page and "EPUB" not in page


def test_数がなければ_そう言う(room: Room) -> None:
    with room.logged_in("suzuki") as suzuki:
        page = suzuki.get(PAGE).text
    assert page.count("この期間の数は、まだありません。") == 3
    assert "<svg" not in page.replace("icon.svg", "")


def test_答えられなかった質問を読み_対応したら消せる(room: Room) -> None:
    asked(room, "<b>第7期</b>はいつ")
    room.after(hours=1)
    asked(room, "=1+1")
    with room.logged_in("suzuki") as suzuki:
        page = suzuki.get(PAGE).text
        assert page.index("=1+1") < page.index("第7期")
        assert "&lt;b&gt;第7期" in page
        # 表計算のソフトに、計算させない
        assert sheet(suzuki.get(f"{PAGE}/questions.csv").text)[1] == ["2026-11-22", "'=1+1"]
        newest = unanswered(room.engine, 1)[0]
        done = suzuki.post(PAGE, data={"question": str(newest.id)})
        assert "一覧から消しました" in done.text and "=1+1" not in done.text
        assert suzuki.get(f"{PAGE}/nai.csv").status_code == 404


def test_グラフは名前と説明を持ち_模様で見分けられ_高さが数に比例する() -> None:
    series = [Series("はい", (2, 4)), Series("いいえ", (1, 0))]
    root = ElementTree.fromstring(_standalone(columns("f", "分かったか", ["10月", "11月"], series)))
    assert root.get("role") == "img"
    names = {e.get("id"): e.text for e in root if e.get("id")}
    assert root.get("aria-labelledby") == " ".join(i for i in names if i)
    assert "はい 合わせて 6、いいえ 合わせて 1" in (names["f_said"] or "")
    bars = [b for b in root.iter(f"{SVG}rect") if b.get("class") == "bar"][2:]
    fills = [b.get("fill") for b in bars]
    assert fills == ["url(#f_1)", "url(#f_2)", "url(#f_1)"]
    heights = [float(b.get("height") or 0) for b in bars]
    assert heights == pytest.approx([2 * heights[1], heights[1], 4 * heights[1]])
    assert len({p.get("id") for p in root.iter(f"{SVG}pattern")}) == 4


def test_横の棒は_終わりに数を書き_無害な字にする() -> None:
    root = ElementTree.fromstring(_standalone(rows("g", "受け取り方", ["<音声>", "点字"], [9, 0])))
    said = [e.text for e in root.iter(f"{SVG}text")]
    assert said == ["<音声>", "9", "点字", "0"]
    assert len([b for b in root.iter(f"{SVG}rect") if b.get("class") == "bar"]) == 1


def test_目盛りは多くとも5つの間で_いちばん大きい数を含む() -> None:
    for most in (1, 4, 5, 6, 37, 99, 1001):
        svg = str(columns("f", "数", ["1"], [Series("数", [most])]))
        ticks = [int(n) for n in re.findall(r'text-anchor="end">(\d+)<', svg)]
        assert ticks[0] == 0 and ticks[-1] >= most and 2 <= len(ticks) <= 6
        assert len({b - a for a, b in itertools.pairwise(ticks)}) == 1


def _standalone(svg: object) -> str:
    return str(svg).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
