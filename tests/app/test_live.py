"""動いている会話: 公開のたびに新しい原稿で話し、お知らせがあれば先に言う。"""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import pytest

from app.bulletin import LOOK_EVERY, Bulletin
from app.live import LiveConversation
from app.manifest import MANIFEST
from app.settings import Settings
from bot.person import Person
from bot.turn import Incoming
from content.bundle import load_folder
from content.database import open_database
from content.store import Store, utc_now
from content.workflow import Actor, Emergencies, EmergencyText

PLAN = """---
表題: 海辺の計画
発行: 海辺社会福祉協議会
計画: 福祉計画
期: 1
日付: 2026-04-01
出典: 試験
---

# 朝市 {{#market}}

{text}
"""


class Town:
    """ひとつの社協の、保管庫と出力先。"""

    def __init__(self, home: Path, cache: Path) -> None:
        self.home, self.out = home, home / "out"
        self.folder = home / "umibe"
        self.folder.mkdir()
        (self.folder / "council.yaml").write_text("名称: 海辺社会福祉協議会\n", encoding="utf-8")
        self.settings = replace(
            Settings.from_environment({}),
            database_url=f"sqlite:///{home / 'tsutawaru.db'}",
            cache=cache,
        )

    def publish(self, text: str) -> None:
        (self.folder / "plan.md").write_text(PLAN.format(text=text), encoding="utf-8")
        with Store.open(self.settings.database_url) as store:
            store.load(load_folder(self.folder))
        self.out.mkdir(exist_ok=True)
        new = self.out / "new"
        new.write_text(text, encoding="utf-8")
        new.replace(self.out / MANIFEST)  # 公開は、いつも別のファイルへの入れかえである


@pytest.fixture
def town(tmp_path: Path, shared_cache: Path) -> Town:
    return Town(tmp_path, shared_cache)


def said(live: LiveConversation, question: str) -> str:
    turn = live.turn(Person(), Incoming("text", question))
    return "\n".join(bubble.text for bubble in turn.bubbles)


def test_公開すると_新しい原稿で話す(town: Town) -> None:
    town.publish("朝市では、とれたての魚を配ります。")
    live = LiveConversation(town.settings, town.out, lambda: ())
    assert "とれたての魚" in said(live, "朝市では何を配りますか")
    town.publish("朝市では、畑の野菜を配ります。")
    assert "とれたての魚" in said(live, "朝市では何を配りますか")
    live.refresh()
    assert "畑の野菜" in said(live, "朝市では何を配りますか")


def test_作り直せないときは_前の原稿で話し続ける(
    town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    town.publish("朝市では、とれたての魚を配ります。")
    live = LiveConversation(town.settings, town.out, lambda: ())
    (town.folder / "synonyms.tsv").write_text("\t魚\n", encoding="utf-8")
    town.publish("朝市では、畑の野菜を配ります。")
    live.refresh()
    assert "とれたての魚" in said(live, "朝市では何を配りますか")
    assert "前の原稿で話し続けます" in caplog.text


def test_緊急のお知らせは_出している間だけ_どの返事よりも先に言う(town: Town) -> None:
    town.publish("朝市では、とれたての魚を配ります。")
    engine = open_database(town.settings.database_url)
    seconds = itertools.count(0.0, LOOK_EVERY)
    live = LiveConversation(town.settings, town.out, Bulletin(engine, lambda: next(seconds)).texts)
    emergencies = Emergencies(engine, utc_now, lambda connection, event: None)
    actor = Actor("鈴木", "writer")
    text = EmergencyText("大雨の警報です。", "大雨です。逃げてください。", "おおあめです。")
    out = emergencies.announce("umibe", text, actor)
    for question in ("朝市では何を配りますか", "こんにちは", "存在しないもの"):
        assert "大雨の警報です。" in "".join(said(live, question).splitlines()[:2])
    plain = live.turn(Person("plain"), Incoming("text", "こんにちは")).bubbles[0].text
    assert "大雨です。逃げてください。" in plain
    emergencies.end(out.revision.id, actor)
    assert "大雨" not in said(live, "こんにちは")
    engine.dispose()
