"""ページの読み上げを、本物のブラウザーで聞く。"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.end_to_end.conftest import CHAPTER, LONG, Open

pytestmark = pytest.mark.slow


def cues(page: Page) -> list[tuple[str, float, float]]:
    page.wait_for_function("document.querySelector('audio').textTracks[0].cues?.length > 1")
    found = page.evaluate(
        "[...document.querySelector('audio').textTracks[0].cues]"
        ".map(c => [c.id, c.startTime, c.endTime])"
    )
    return [(id, begin, end) for id, begin, end in found]


def state(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(
        """() => {
          const audio = document.querySelector('audio');
          return {
            at: audio.currentTime, paused: audio.paused, rate: audio.playbackRate,
            spoken: [...document.querySelectorAll('.is-spoken')].map(e => e.id),
          };
        }"""
    )
    return found


def until_spoken(page: Page, id: str) -> None:
    page.wait_for_function(
        "id => document.querySelector('.is-spoken')?.id === id", arg=id, timeout=10_000
    )


@pytest.mark.parametrize("folder", ["", "ruby/"])
def test_強調は声に付いていく(open_page: Open, folder: str) -> None:
    page = open_page(LONG.format(folder))
    track = cues(page)
    assert state(page)["paused"], "ひとりでに鳴ってはならない"
    samples = page.evaluate(
        """() => new Promise(done => {
          const audio = document.querySelector('audio');
          const samples = [];
          audio.muted = true;
          audio.playbackRate = 2;
          audio.play();
          const look = () => {
            samples.push([audio.currentTime,
                          [...document.querySelectorAll('.is-spoken')].map(e => e.id)]);
            if (audio.currentTime < 24) requestAnimationFrame(look);
            else { audio.pause(); done(samples); }
          };
          audio.addEventListener('playing', look, { once: true });
        })"""
    )
    heard, wrong = set(), []
    for at, spoken in samples:
        if at < 0.3:
            continue
        assert len(spoken) <= 1
        # 2 倍の速さなので、切れ目の前後 0.2 秒（耳には 0.1 秒）は、どちらの文でもよい。
        allowed = {id for id, begin, end in track if begin - 0.2 <= at <= end + 0.2}
        heard.update(spoken)
        if not set(spoken) <= allowed or not spoken:
            wrong.append((at, spoken, allowed))
    assert len(samples) > 100
    assert len(heard) >= 3
    assert not wrong


def test_文ごとに進み_戻り_見出しから聞き_速さを変えられる(open_page: Open) -> None:
    page = open_page(CHAPTER.format(""))
    track = cues(page)
    page.evaluate("document.querySelector('audio').muted = true")
    # ここから聞く
    button = page.locator(".here").nth(1)
    start = button.get_attribute("data-sentence")
    button.click()
    until_spoken(page, start or "")
    index = [id for id, *_ in track].index(start or "")
    assert not state(page)["paused"]
    # 次の文、前の文
    page.get_by_role("button", name="次の文").click()
    until_spoken(page, track[index + 1][0])
    page.get_by_role("button", name="前の文").click()
    until_spoken(page, track[index][0])
    # 読んでいる間は、文を押すとそこから
    page.locator(f"#{track[index + 1][0]}").click()
    until_spoken(page, track[index + 1][0])
    page.evaluate("document.querySelector('audio').pause()")
    # 止まっている間は、文を押しても鳴らない
    page.locator(f"#{track[0][0]}").click()
    page.wait_for_timeout(300)
    assert state(page)["paused"]
    # 速さは、次のページでも覚えている
    page.get_by_label("速さ").select_option("1.5")
    assert state(page)["rate"] == 1.5
    page.reload()
    assert state(page)["rate"] == 1.5
    assert page.evaluate("document.querySelector('audio').preservesPitch")


def test_近道のキーは_読み上げの枠の中だけで働く(open_page: Open) -> None:
    page = open_page(CHAPTER.format("ruby/"))
    track = cues(page)
    page.keyboard.press("n")
    page.keyboard.press("k")
    page.wait_for_timeout(300)
    assert state(page) == {"at": 0, "paused": True, "rate": 1, "spoken": []}
    page.get_by_role("button", name="次の文").focus()
    page.keyboard.press("n")
    until_spoken(page, track[1][0])
    page.keyboard.press("p")
    until_spoken(page, track[0][0])
    page.keyboard.press("Control+n")
    page.keyboard.press("k")
    page.wait_for_function("!document.querySelector('audio').paused")
    page.keyboard.press("k")
    page.wait_for_function("document.querySelector('audio').paused")


def test_覚えることを禁じたブラウザーでも_読み上げは動く(open_page: Open) -> None:
    page = open_page(CHAPTER.format(""))
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('禁止'); } })"
    )
    page.reload()
    page.get_by_label("速さ").select_option("2")
    assert state(page)["rate"] == 2


def test_ページは_声に付いて静かに動く(open_page: Open) -> None:
    page = open_page(LONG.format(""), viewport={"width": 800, "height": 700})
    track = cues(page)
    page.evaluate("document.querySelector('audio').muted = true")
    last = page.locator(".here").last.get_attribute("data-sentence") or ""
    page.evaluate(
        """([id, at]) => {
          const audio = document.querySelector('audio');
          audio.currentTime = at;
          audio.play();
        }""",
        [last, next(begin for id, begin, _ in track if id == last) + 0.01],
    )
    until_spoken(page, last)
    page.wait_for_function(
        """id => {
          const box = document.getElementById(id).getBoundingClientRect();
          const player = document.getElementById('page_player').getBoundingClientRect();
          return box.top >= player.bottom && box.bottom <= innerHeight;
        }""",
        arg=last,
        timeout=5000,
    )


def test_命令を使わないブラウザーでも_本文と音声とダウンロードがある(
    open_page: Open, published: Path, site_url: str
) -> None:
    for folder in ("", "ruby/"):
        page = open_page(CHAPTER.format(folder), java_script_enabled=False)
        shown = page.locator("article").inner_text()
        cue_file = (published / CHAPTER.format("")).with_suffix(".vtt").read_text("utf-8")
        ids = re.findall(r"^(\S+)\n\d\d:", cue_file, re.M)
        assert len(ids) > 10
        for id in ids:
            text = page.locator(f"#{id} .t, #{id}:not(:has(.t))").all_inner_texts()
            assert text
            assert text[0].strip()
        assert "点検状況の記号" in shown
        assert page.locator("audio[controls]").is_visible()
        assert not page.locator(".controls").is_visible()
        assert page.locator(".here:visible").count() == 0
        link = page.locator(".player a[download]")
        assert link.is_visible()
        sound = page.request.get(page.evaluate("a => a.href", link.element_handle()))
        assert sound.headers["content-type"] == "audio/mpeg"
