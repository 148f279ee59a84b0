"""音声の版。"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import av
import pytest
from mutagen.id3 import ID3
from mutagen.mp4 import MP4

from accessibility.narration import Narration
from channels.audio import AudioChannel
from channels.edition import Edition
from content.model import Publication
from tests.channels.books import narrated

BODY = "# はじめに {#start}\n\n文です。\n\n## くわしく {#more}\n\n文です。\n\n# 終わりに {#end}\n\n文です。\n"
TITLES = [
    "試験の計画",
    "録音図書凡例",
    "目次",
    "はじめに",
    "くわしく",
    "終わりに",
    "原本奥付",
    "以上で、試験の計画を終わります。",
]


@pytest.fixture
def book(tmp_path: Path) -> tuple[Publication, Narration]:
    return narrated(BODY, tmp_path / "cache")


@pytest.fixture
def edition(book: tuple[Publication, Narration]) -> Edition:
    return AudioChannel().render(*book)


def data(edition: Edition, name: str) -> bytes:
    content = edition.files[name]
    assert isinstance(content, bytes)
    return content


def test_節ごとにMP3が1つと始めと終わり(edition: Edition) -> None:
    assert [n for n in edition.files if n.endswith(".mp3")] == [
        "01-opening.mp3",
        "02-guide.mp3",
        "03-contents.mp3",
        "04-start.mp3",
        "05-more.mp3",
        "06-end.mp3",
        "07-colophon.mp3",
        "08-closing.mp3",
    ]


def test_MP3には題名と順番が付き音は読み上げのまま(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    for number, (title, track) in enumerate(zip(TITLES, book[1].tracks, strict=True), 1):
        mp3 = data(edition, f"{number:02}-{track.section_id.rstrip('_')}.mp3")
        tags = ID3(io.BytesIO(mp3))
        assert tags.version[:2] == (2, 3)
        assert str(tags["TIT2"]) == title
        assert str(tags["TALB"]) == "試験の計画"
        assert str(tags["TRCK"]) == f"{number}/8"
        assert not {"TCOP", "TDRC", "TYER"} & set(tags)  # 計画の年ではない年を付けない
        assert mp3.endswith(track.mp3.read_bytes())
        assert len(mp3) - tags.size == len(track.mp3.read_bytes())


def test_M4Bに章と表紙がありオーディオブックになる(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    m4b = data(edition, "plan.m4b")
    assert edition.main == "plan.m4b"
    assert m4b.index(b"moov") < m4b.index(b"mdat")  # 頭から再生できる
    with av.open(io.BytesIO(m4b)) as container:
        chapters = container.chapters()
        assert [c["metadata"]["title"] for c in chapters] == TITLES
        rate = container.streams.audio[0].rate
        starts = [float(c["start"] * c["time_base"]) for c in chapters]
        begin = 0.0
        for start, track in zip(starts, book[1].tracks, strict=True):
            assert start == pytest.approx(begin, abs=0.1)
            begin = start + track.seconds
        samples = sum(f.samples for f in container.decode(audio=0))
        assert samples / rate == pytest.approx(book[1].seconds, abs=0.5)
    tags = MP4(io.BytesIO(m4b))
    assert tags["stik"] == [2]
    assert tags["\xa9nam"] == ["試験の計画"]
    assert "\xa9day" not in tags
    assert bytes(tags["covr"][0]).startswith(b"\x89PNG")


def test_まとめたzipにはすべてのMP3がそのまま入る(edition: Edition) -> None:
    with zipfile.ZipFile(io.BytesIO(data(edition, "plan-mp3.zip"))) as archive:
        assert archive.testzip() is None
        members = {n: archive.read(n) for n in archive.namelist()}
    assert members == {n: d for n, d in edition.files.items() if n.endswith(".mp3")}


def test_受け取れるものの大きさと長さ(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    assert {d.path for d in edition.downloads} == set(edition.files)
    for download in edition.downloads:
        assert download.bytes == len(data(edition, download.path))
    whole, *_ = edition.downloads
    assert (whole.format, whole.seconds) == ("m4b", book[1].seconds)


def test_同じ読み上げからは同じバイトができる(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    assert AudioChannel().render(*book) == edition
