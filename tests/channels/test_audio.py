"""音声の版。"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from mutagen.id3 import ID3
from mutagen.mp4 import MP4

from accessibility import sound
from accessibility.narration import Narration
from accessibility.voices import OpenJTalk
from channels.audio import CLIPS, SENTENCES, AudioChannel
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
    "製作",
]

COMMENT = "音声なし（長さだけの無音） 未校正（読み方と音声を、人はまだ確かめていません）"


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
        "09-production.mp3",
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
        assert str(tags["TRCK"]) == f"{number}/9"
        assert str(tags["COMM::jpn"]) == COMMENT
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
    assert tags["\xa9cmt"] == [COMMENT]
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
    assert {d.path for d in edition.downloads} == set(edition.files) - {CLIPS, SENTENCES}
    for download in edition.downloads:
        assert download.bytes == len(data(edition, download.path))
    whole, *_ = edition.downloads
    assert (whole.format, whole.seconds) == ("m4b", book[1].seconds)


def test_同じ読み上げからは同じバイトができる(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    assert AudioChannel().render(*book) == edition


# 文ごとの時間 --------------------------------------------------------------------

SPOKEN = (
    "# はじめに {#start}\n\n地域のみんなで支え合います。困ったときは相談してください。\n\n"
    "- 見守りをします。\n- 声をかけます。\n\n## くわしく {#more}\n\n十年間続きます。\n"
)


def clips(edition: Edition) -> dict[str, tuple[float, float]]:
    facts = json.loads(data(edition, CLIPS))
    assert facts["file"] == "plan.m4b"
    return {id: (begin, end) for id, (begin, end) in facts["clips"].items()}


def test_文ごとの時間は_すきまなくM4Bの始めから終わりまで(
    book: tuple[Publication, Narration], edition: Edition
) -> None:
    times = clips(edition)
    spoken = [clip.sentence_id for track in book[1].tracks for clip in track.clips]
    assert list(times) == spoken
    assert len(spoken) > 20
    borders = [0.0, *(end for _, end in times.values())]
    assert [begin for begin, _ in times.values()] == borders[:-1]
    assert all(begin < end for begin, end in pairwise(borders))
    with av.open(io.BytesIO(data(edition, "plan.m4b"))) as container:
        assert borders[-1] == pytest.approx((container.duration or 0) / 1e6, abs=0.05)


def test_切り出した音は_その文の声で_言葉は欠けない(tmp_path: Path) -> None:
    """切り出した音の中に、文の声を重ねる。声のあるところが、すべて入っていなければならない。"""
    publication, narration = narrated(SPOKEN, tmp_path / "cache", OpenJTalk())
    edition = AudioChannel().render(publication, narration)
    book = tmp_path / "plan.m4b"
    book.write_bytes(data(edition, "plan.m4b"))
    times = clips(edition)
    voices = dict(voiced(publication))
    assert len(voices) == 7
    for id, voice in voices.items():
        begin, end = times[id]
        cut = sound.cut_aac(book, [(begin, end)])
        samples, rate = sound.decode(cut)
        assert rate == sound.RATE
        place = best_place(samples, voice)
        loud = np.flatnonzero(np.abs(voice) > 0.02)
        assert place + loud[0] >= 0, id
        assert place + loud[-1] < len(samples), id
        kept = slice(max(0, -place), min(len(voice), len(samples) - place))
        there = samples[place + kept.start : place + kept.stop]
        assert np.corrcoef(there, voice[kept])[0, 1] > 0.99, id
        # ほかの文の声は入っていない
        rest = np.concatenate([samples[: max(0, place)], samples[place + kept.stop :]])
        assert not len(rest) or np.abs(rest).max() < 0.02, id


def voiced(publication: Publication) -> Iterator[tuple[str, sound.Samples]]:
    """文ごとの、切り出しとは関わりなく作った声。"""
    voice = OpenJTalk()
    sentences = [s for section in publication.sections for s in section.sentences]
    for sentence, speech in zip(sentences, voice.speak(sentences), strict=True):
        pcm = sound.to_pcm(speech.samples, speech.rate, voice.gain)
        yield sentence.id, (pcm / 32768).astype(np.float32)


def best_place(samples: sound.Samples, voice: sound.Samples) -> int:
    """声がいちばんよく重なる所（標本の数）。"""
    size = len(samples) + len(voice)
    match = np.fft.irfft(np.fft.rfft(samples, size) * np.conj(np.fft.rfft(voice, size)), size)
    place = int(match.argmax())
    return place - size if place > size // 2 else place


def test_切り出したものは_すぐ再生でき_長さは時間のとおりで_同じバイトになる(
    edition: Edition, tmp_path: Path
) -> None:
    book = tmp_path / "plan.m4b"
    book.write_bytes(data(edition, "plan.m4b"))
    times = clips(edition)
    order = list(times)
    for first, last in ((0, 0), (3, 3), (1, 5), (len(order) - 1, len(order) - 1)):
        begin, end = times[order[first]][0], times[order[last]][1]
        cut = sound.cut_aac(book, [(begin, end)])
        assert cut == sound.cut_aac(book, [(begin, end)])
        assert cut.index(b"moov") < cut.index(b"mdat")
        with av.open(io.BytesIO(cut)) as container:
            assert (container.duration or 0) / 1e6 == pytest.approx(end - begin, abs=0.002)
            assert not container.metadata.get("creation_time")


def test_離れた文は_選んだ順に並べて切り出す(edition: Edition, tmp_path: Path) -> None:
    book = tmp_path / "plan.m4b"
    book.write_bytes(data(edition, "plan.m4b"))
    times = list(clips(edition).values())
    spans = [times[7], times[2], times[9]]
    with av.open(io.BytesIO(sound.cut_aac(book, spans))) as container:
        seconds = sum(end - begin for begin, end in spans)
        assert (container.duration or 0) / 1e6 == pytest.approx(seconds, abs=0.003)


def test_音でないものは_切り出さずに知らせる(tmp_path: Path) -> None:
    (tmp_path / "a.m4b").write_text("音ではない", "utf-8")
    for name in ("a.m4b", "ない.m4b"):
        with pytest.raises(ValueError, match="読めません"):
            sound.cut_aac(tmp_path / name, [(0, 1)])
