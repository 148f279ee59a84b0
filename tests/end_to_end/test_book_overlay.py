"""EPUB の読み上げを、本物のブラウザーで、SMIL の時刻のとおりに鳴らす。

試験用の小さいページ（tests/players/overlay.html）が、展開した本を読み、起きたことを返す。
良し悪しは ``faults`` が決める。わざとずらした本も同じ目で見て、見つかることを確かめる。
"""

from __future__ import annotations

import os
import re
import shutil
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import groupby
from pathlib import Path
from typing import TypedDict

import numpy as np
import pytest
from playwright.sync_api import Browser, Page

from channels.epub_metadata import ACTIVE_CLASS
from tests.channels.epub_book import Epub
from tests.players.plans import plans, read_aloud

pytestmark = pytest.mark.slow

PLAYERS = Path(__file__).parent.parent / "players"
PLAN = "kawasaki/plan-3"
"""表、箇条書き、注、3 段の見出しのある計画。"""

SPOKEN, QUIET = -35.0, -60.0
"""声のある所と、切れ目の大きさ（dBFS）。声は −19 LUFS で、切れ目の音は −70 dBFS に届かない。"""

PER_SECOND = 50
"""大きさを測る細かさ（overlay.js の WINDOW）。"""


class Par(TypedDict):
    """文ひとつ。時間は秒、``landed`` は頭出しの着いた所。"""

    id: str
    text: str | None
    sound: str
    begin: float
    end: float
    landed: float


class Sound(TypedDict):
    seconds: float
    levels: list[float]


class Chapter(TypedDict):
    pars: list[Par]
    sounds: dict[str, Sound]


class Moment(TypedDict):
    """鳴らしている間の、ある瞬間。"""

    at: float
    sound: str
    marked: list[str]
    visible: bool
    styled: bool


@dataclass(frozen=True, slots=True)
class Book:
    """展開して、``page`` から開ける本。``overlays`` は読む順の SMIL の場所（folder から）。"""

    page: Page
    folder: Path
    overlays: tuple[str, ...]

    def inspected(self) -> list[Chapter]:
        return [self.page.evaluate("url => inspect(url)", place) for place in self.overlays]

    def listened(self, overlay: str, rate: float) -> list[Moment]:
        found: list[Moment] = self.page.evaluate(
            "([url, rate, active]) => listen(url, rate, active)", [overlay, rate, ACTIVE_CLASS]
        )
        return found

    def rewrite(self, change: Callable[[str], str]) -> None:
        """SMIL を書きかえる。"""
        for place in self.overlays:
            path = self.folder / place
            path.write_text(change(path.read_text("utf-8")), "utf-8")


class Files(SimpleHTTPRequestHandler):
    def guess_type(self, path: str | os.PathLike[str]) -> str:
        xhtml = str(path).endswith(".xhtml")  # 標準ライブラリは知らない
        return "application/xhtml+xml" if xhtml else super().guess_type(path)

    def log_message(self, format: str, *args: object) -> None:
        """要求を書き出さない。"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """``tmp_path`` の中身を出すサーバー。"""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Files, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def unpack(
    published: Path, tmp_path: Path, served: str, browser: Browser
) -> Iterator[Callable[[str], Book]]:
    """``unpack(EPUB の場所)``。"""
    page = browser.new_page()

    def unpacked(name: str) -> Book:
        path = published / PLAN / "standard" / "epub" / name
        epub = Epub(path.read_bytes())
        with zipfile.ZipFile(path) as archive:
            archive.extractall(tmp_path / "book")
        for file in PLAYERS.glob("overlay.*"):
            shutil.copy(file, tmp_path)
        page.goto(f"{served}/overlay.html")
        places = tuple(f"book/{place}" for item in epub.spine if (place := epub.overlay(item)))
        return Book(page, tmp_path, places)

    yield unpacked
    page.close()


def faults(chapters: list[Chapter]) -> Counter[str]:
    """本の読み上げのまちがいと、その数。"""
    found: Counter[str] = Counter()
    pars = [par for chapter in chapters for par in chapter["pars"]]
    sounds = {url: sound for chapter in chapters for url, sound in chapter["sounds"].items()}
    publication = plans()[PLAN, "standard"]
    sentences = [s for section in read_aloud(publication) for s in section.sentences if s.text]
    found["文が、原稿の文の順でない"] = [(p["id"], p["text"]) for p in pars] != [
        (s.id, s.text) for s in sentences
    ]
    found["頭出しが、文の初めに着かない"] = sum(abs(p["landed"] - p["begin"]) > 0.02 for p in pars)
    for url, sound in sounds.items():
        clips = [p for p in pars if p["sound"] == url]
        borders = [clips[0]["begin"], *(p["end"] for p in clips)]
        found["初めからでない"] += borders[0] != 0
        found["時刻が進まない"] += sorted(set(borders)) != borders
        found["すきまか重なりがある"] += borders[:-1] != [p["begin"] for p in clips]
        found["音の終わりまででない"] += abs(borders[-1] - sound["seconds"]) > 0.1
        levels = np.array(sound["levels"])
        around = [levels[max(0, round(t * PER_SECOND) - 3) :][:6] for t in borders[:-1]]
        found["文の切れ目に声がある"] += sum(bool(near.max() > QUIET) for near in around)
    lengths = [voice_seconds(sounds[p["sound"]]["levels"], p["begin"], p["end"]) for p in pars]
    found["声のない文がある"] = sum(not length for length in lengths)
    alike = np.corrcoef(lengths, [len(p["text"] or "") for p in pars])[0, 1]
    found["声の長さが、文字の長さに合わない"] = bool(alike < 0.8)
    return +found


def voice_seconds(levels: list[float], begin: float, end: float) -> float:
    """声の初めから終わりまでの長さ。声がなければ 0。"""
    inside = np.array(levels[round(begin * PER_SECOND) : round(end * PER_SECOND)])
    spoken = np.flatnonzero(inside > SPOKEN)
    return float(spoken[-1] - spoken[0] + 1) / PER_SECOND if len(spoken) else 0.0


@pytest.mark.parametrize("name", ["plan-3.epub", "plan-3-noruby.epub"])
def test_どの文も_その文の声と結ばれている(unpack: Callable[[str], Book], name: str) -> None:
    assert not faults(unpack(name).inspected())


def test_章を鳴らすと_読んでいる文だけが光る(unpack: Callable[[str], Book]) -> None:
    book = unpack("plan-3.epub")
    number = next(i for i, place in enumerate(book.overlays) if place.endswith("-extension.smil"))
    pars = book.inspected()[number]["pars"]
    assert len({par["sound"] for par in pars}) > 1
    rate = 4
    seen = book.listened(book.overlays[number], rate)
    late = 0.25 * rate  # 画面は 1 秒に 60 回変わるが、混んだ機械では 0.25 秒まで遅れてよい
    for par in pars:
        moments = [s for s in seen if s["marked"] == [par["id"]]]
        assert moments, par
        assert {s["sound"] for s in moments} == {par["sound"]}
        times = [s["at"] for s in moments]
        assert times == sorted(times)
        assert par["begin"] - 0.02 <= times[0] <= par["begin"] + late
        assert par["end"] - late <= times[-1] < par["end"]
    assert [ids for ids, _ in groupby(s["marked"] for s in seen)] == [[p["id"]] for p in pars]
    assert all(s["visible"] and s["styled"] for s in seen)


def shifted(smil: str) -> str:
    """すべての切れ目を 0.7 秒遅らせる。"""
    return re.sub(
        r'(clip(?:Begin|End))="([\d.]+)s"',
        lambda found: f'{found[1]}="{float(found[2]) + 0.7:.3f}s"',
        smil,
    )


def squeezed(smil: str) -> str:
    """章の初めの文を、始まって 0.1 秒（声の前の間）で終える。"""
    return re.sub(
        r'clipBegin="([\d.]+)s" clipEnd="[^"]*"',
        lambda found: f'clipBegin="{found[1]}s" clipEnd="{float(found[1]) + 0.1:.3f}s"',
        smil,
        count=1,
    )


def swapped(smil: str) -> str:
    """となりあう文の、声を取りかえる。"""
    pars = re.findall(r"<audio [^>]*/>", smil)
    order = [pars[i ^ 1] if i ^ 1 < len(pars) else pars[i] for i in range(len(pars))]
    sounds = iter(order)
    return re.sub(r"<audio [^>]*/>", lambda _: next(sounds), smil)


def unlinked(smil: str) -> str:
    """文のない目印を指す。"""
    return smil.replace(".xhtml#goals-", ".xhtml#no-", 3)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (shifted, "文の切れ目に声がある"),
        (squeezed, "声のない文がある"),
        (swapped, "声の長さが、文字の長さに合わない"),
        (unlinked, "文が、原稿の文の順でない"),
    ],
)
def test_まちがった本は_同じ目で見つかる(
    unpack: Callable[[str], Book], change: Callable[[str], str], fault: str
) -> None:
    book = unpack("plan-3-noruby.epub")
    book.rewrite(change)
    assert faults(book.inspected())[fault]
