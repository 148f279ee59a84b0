"""読み上げ。文ごとの切れ目、控え、仕事の分け方。"""

from __future__ import annotations

import datetime
import io
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Self

import av
import numpy as np
import pytest

from accessibility import frame, sound
from accessibility.cache import Cache
from accessibility.kana import mora_count
from accessibility.manner import MANNERS, Manner
from accessibility.narration import Narration, Track, narrate, track_job
from accessibility.readings import Reader, read_publication
from accessibility.voices import OpenJTalk, Silent, Speech, Voice, VoiceError
from app.workers import InlineExecutor
from content.model import Plan, Publication, Section, Sentence
from content.notation import parse

FRONT = "---\n表題: 試験\n発行: 社協\n計画: 計画\n日付: 2026-04-01\n出典: 試験\n---\n"
BODY = """# はじめに {#start}

一つめの文です。二つめの文です。

- 箇条書き

表: 記号
| 記号 | 意味 |
|---|---|
| A | |
| B | 見直す |

> 注です。

# 😀 {#emoji}
"""


def book(body: str = BODY) -> Publication:
    return read_publication(parse(FRONT + body, "test/plan"), Reader())


@dataclass(frozen=True, slots=True)
class Beep:
    """文ごとに 0.5 秒の音を出す声。話した文の数を、ファイルに 1 行ずつ残す。"""

    log: Path
    credit = name = "ビープ"
    gain = 1.0

    @property
    def id(self) -> str:
        return "beep"

    def at(self, speed: float) -> Self:
        return self

    def speak(self, sentences: Sequence[Sentence]) -> Iterator[Speech]:
        for sentence in sentences:
            with self.log.open("a") as file:
                file.write(sentence.text + "\n")
            wave = np.zeros(11_025, np.float32)
            wave[1000:1100] = 0.9
            yield Speech(wave if any(r.words for r in sentence.runs) else wave[:0], sound.RATE)


def tracks(
    sections: Sequence[Section], voice: Voice, cache: Cache, executor: Executor | None = None
) -> list[Track]:
    jobs = [track_job(section, voice, cache, Manner()) for section in sections]
    return narrate(jobs, executor or InlineExecutor())


def test_声のある文に1つずつ切れ目がありすきまなく並ぶ(tmp_path: Path) -> None:
    publication = book()
    (start, emoji) = tracks(publication.sections, Silent(), Cache(tmp_path))
    voiced = [s.id for s in publication.sections[0].sentences if any(r.words for r in s.runs)]
    assert [c.sentence_id for c in start.clips] == voiced
    assert len(voiced) == len(list(publication.sections[0].sentences)) - 1  # 空の欄には切れ目がない
    assert start.clips[0].begin == 0
    assert all(a.end == b.begin for a, b in pairwise(start.clips))
    assert all(c.end > c.begin for c in start.clips)
    assert start.clips[-1].end == pytest.approx(start.seconds, abs=0.001)
    assert emoji.clips == () and emoji.seconds > 0


def test_切れ目は音の中の本当の時刻を指す(tmp_path: Path) -> None:
    (track, _) = tracks(book().sections, Beep(tmp_path / "log"), Cache(tmp_path / "cache"))
    with av.open(io.BytesIO(track.mp3.read_bytes())) as container:
        wave = np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])
    for clip in track.clips:
        begin, end = (int(t * sound.RATE) for t in (clip.begin, clip.end))
        beep = begin + int(np.argmax(np.abs(wave[begin:end])))
        delay = sound.MP3_DELAY if clip.begin == 0 else 0
        assert begin + delay + 990 <= beep <= begin + delay + 1110
    assert len(wave) / sound.RATE == pytest.approx(track.seconds)


def test_控えがあれば声にしない(tmp_path: Path) -> None:
    voice, cache = Beep(tmp_path / "log"), Cache(tmp_path / "cache")
    first = tracks(book().sections, voice, cache)
    spoken = voice.log.read_text().splitlines()
    assert "箇条書き" in spoken
    assert tracks(book().sections, voice, cache) == first
    assert voice.log.read_text().splitlines() == spoken


def test_1文を直すとその文だけを声にする(tmp_path: Path) -> None:
    voice, cache = Beep(tmp_path / "log"), Cache(tmp_path / "cache")
    tracks(book().sections, voice, cache)
    voice.log.unlink()
    tracks(book(BODY.replace("二つめ", "三つめ")).sections, voice, cache)
    assert voice.log.read_text().splitlines() == ["三つめの文です。"]


@pytest.mark.parametrize("suffix", ["", ".mp3", ".m4a"])
def test_こわれた控えは同じものに作り直す(tmp_path: Path, suffix: str) -> None:
    voice, cache = Silent(), Cache(tmp_path / "cache")
    first = tracks(book().sections, voice, cache)
    before = {p: p.read_bytes() for p in cache.folder.rglob("*") if p.is_file()}
    damaged = [p for p in before if p.suffix == suffix]
    assert damaged
    for path in damaged:
        path.write_bytes(before[path][:-1])
    assert tracks(book().sections, voice, cache) == first
    assert {p: p.read_bytes() for p in before} == before


def test_プロセスを分けても同じ音声ができる(tmp_path: Path) -> None:
    inline = tracks(book().sections, OpenJTalk(), Cache(tmp_path / "one"))
    with ProcessPoolExecutor(2) as executor:
        pooled = tracks(book().sections, OpenJTalk(), Cache(tmp_path / "two"), executor)
    for a, b in zip(inline, pooled, strict=True):
        assert (a.mp3.read_bytes(), a.aac.read_bytes()) == (b.mp3.read_bytes(), b.aac.read_bytes())
        assert (a.clips, a.seconds) == (b.clips, b.seconds)


@dataclass(frozen=True, slots=True)
class Hoarse(Silent):
    """途中で声が出なくなる声。"""

    id = "hoarse"

    def at(self, speed: float) -> Self:
        return self

    def speak(self, sentences: Sequence[Sentence]) -> Iterator[Speech]:
        yield from super(Hoarse, self).speak(sentences[:1])
        raise VoiceError("声が出ません。")


def test_声の失敗はそのまま伝わる(tmp_path: Path) -> None:
    with pytest.raises(VoiceError, match="声が出ません"):
        tracks(book().sections, Hoarse(), Cache(tmp_path))


def test_進みぐあいは節ごとに控えを使ったかどうかを知らせる(tmp_path: Path) -> None:
    cache, seen = Cache(tmp_path), []
    jobs = [track_job(section, Silent(), cache, Manner()) for section in book().sections]
    for _ in range(2):
        narrate(jobs, InlineExecutor(), lambda job, reused: seen.append((job.section_id, reused)))
    assert sorted(seen) == [("emoji", False), ("emoji", True), ("start", False), ("start", True)]


def test_付属の声の大きさは19LUFSで割れない(tmp_path: Path) -> None:
    text = "# 計画 {#plan}\n\n" + (
        "地域の居場所として、関係機関と連携を図りながら生活相談を強化し、"
        "多様化する福祉的ニーズの把握と課題解決に努めます。また多世代の住民が気軽に立ち寄れるよう、"
        "全館で実施します。災害発生後に被災地域・住民の生活再建に必要な支援が円滑に届くよう、"
        "社協のネットワークの活用を含めた支援体制の構築を進めます。"
    )
    (track,) = tracks(book(text).sections, OpenJTalk(), Cache(tmp_path))
    loudness, peak = measured(track.mp3.read_bytes())
    assert loudness == pytest.approx(-19, abs=1)
    assert peak < -1


PLAIN = """# 相談 {#talk}

困ったときは、区役所に電話してください。だれでも相談することができます。お金はかかりません。
ひとりで暮らすお年寄りの家に行って、話を聞きます。買い物も手伝います。

- 赤ちゃんがいる人は、集まって話すことができます。
- 外国から来た人も、いっしょに活動できます。
"""


def test_やさしい日本語は_ゆっくり間を空けて_同じ大きさで話す(tmp_path: Path) -> None:
    (section,) = book(PLAIN).sections
    cache, (usual, slow) = Cache(tmp_path), (MANNERS["standard"], MANNERS["plain"])
    jobs = [track_job(section, OpenJTalk(), cache, manner) for manner in (usual, slow)]
    assert not {jobs[0].key, *jobs[0].sentence_keys} & {jobs[1].key, *jobs[1].sentence_keys}
    morae = sum(mora_count(s.sound) for s in section.sentences)
    fast, calm = narrate(jobs, InlineExecutor())
    # 間も入れて、1 分に 350 拍（NHK の提案の上限）より遅く、200 拍より速い。
    assert 200 < 60 * morae / calm.seconds < 350
    assert calm.seconds > 1.2 * fast.seconds
    assert min(c.end - c.begin for c in calm.clips) > 1
    loudness, peak = measured(calm.mp3.read_bytes())
    assert loudness == pytest.approx(-19, abs=1)
    assert peak < -1


def test_文の間の長さは_話し方で決まる(tmp_path: Path) -> None:
    (section,) = book("# 章 {#a}\n\n一つめ。二つめ。").sections
    plain, paused = (
        tracks_of(section, Manner(after_sentence=pause), tmp_path) for pause in (0.0, 0.4)
    )
    longer = [
        (b.end - b.begin) - (a.end - a.begin)
        for a, b in zip(plain.clips, paused.clips, strict=True)
    ]
    assert longer == pytest.approx([0.4, 0.4, 0.4], abs=0.05)


def tracks_of(section: Section, manner: Manner, cache: Path) -> Track:
    (track,) = narrate([track_job(section, Silent(), Cache(cache), manner)], InlineExecutor())
    return track


def measured(data: bytes) -> tuple[float, float]:
    """EBU R 128 の大きさ（LUFS）とトゥルーピーク（dBTP）。"""
    graph = av.filter.Graph()
    with av.open(io.BytesIO(data)) as container:
        source = graph.add_abuffer(template=container.streams.audio[0])
        meter = graph.add("ebur128", "metadata=1:peak=true")
        sink = graph.add("abuffersink")
        source.link_to(meter)
        meter.link_to(sink)
        graph.configure()
        metadata: dict[str, str] = {}
        for frame_ in container.decode(audio=0):
            source.push(frame_)
            while True:
                try:
                    metadata = sink.pull().metadata or metadata
                except (av.error.BlockingIOError, av.error.EOFError):
                    break
    peak = float(metadata["lavfi.r128.true_peaks_ch0"])
    return float(metadata["lavfi.r128.I"]), 20 * np.log10(peak) if peak > 0 else peak


# 枠 ---------------------------------------------------------------------------------


def framed() -> Publication:
    plan = Plan("川崎市社会福祉協議会", "計画", 6, 2021, 2023, 2024, source="試験の冊子")
    return replace(book(), plan=plan, date=datetime.date(2026, 4, 1))


def spoken(section: Section) -> list[str]:
    return [s.text for s in section.sentences]


def test_本文の前に題名と凡例と目次がある() -> None:
    opening, guide, contents = frame.before(framed(), OpenJTalk())
    assert spoken(opening) == ["試験", "発行は、川崎市社会福祉協議会です。"]
    assert spoken(guide) == [
        "録音図書凡例",
        "この録音図書の音声は、Open JTalkの「Mei」による合成音声です。",
        f"声の作り手と条件は、{OpenJTalk().credit}です。",
        "読み方と音声の校正は、まだ済んでいません（未校正）。",
        "表は、「表」と言ってから、上の行から順に、どの行も左の欄から読み、「表 終わり」と言います。",
        "注は、「注」と「注 終わり」の間に読みます。",
        "凡例 終わり",
    ]
    assert spoken(contents) == ["目次", "はじめに", "😀", "目次 終わり"]


def test_本文の後に原本奥付と終わりの言葉がある() -> None:
    colophon, closing, production = frame.after(framed())
    assert spoken(colophon) == [
        "原本奥付",
        "題名は「試験」です。",
        "発行は、川崎市社会福祉協議会です。",
        "計画の名前は、計画の第6期です。",
        "計画の期間は、2021年度から2023年度までです。",
        "この計画は、2024年度まで延長されました。",
        "もとの資料は、試験の冊子です。",
        "原本奥付 終わり",
    ]
    assert spoken(closing) == ["以上で、試験を終わります。"]
    assert spoken(production) == [
        "製作",
        "製作は、川崎市社会福祉協議会です。",
        "この録音図書は、ソフトウェア「伝わる」で作りました。",
        "読み方と音声の校正は、まだ済んでいません（未校正）。",
        "2026年4月に完成しました。",
    ]
    made = next(s for s in production.sentences if "伝" in s.text)
    assert ("伝", "つた") in {(r.text, r.reading) for r in made.runs}


def test_枠は校正の済んだ日と_やさしい日本語の本であることを言う() -> None:
    proofread = replace(framed(), proofread=datetime.date(2026, 3, 20), register="plain")
    said = "読み方と音声の校正は、2026年3月20日に済みました（校正済）。"
    opening, guide, _ = frame.before(proofread, Silent())
    *_, production = frame.after(proofread)
    assert spoken(opening) == [
        "試験",
        "この本は、やさしい日本語で書いてあります。",
        "声は、ゆっくり読みます。",
        "発行は、川崎市社会福祉協議会です。",
    ]
    for section in (guide, production):
        assert said in spoken(section)
        assert not [text for text in spoken(section) if "未校正" in text]


def test_枠の文は_自然に読まれる() -> None:
    """枠の言葉は、どの本でも声になる。"""
    proofread = replace(framed(), proofread=datetime.date(2026, 11, 20), register="plain")
    reader = Reader()
    sections = (
        *frame.before(proofread, Silent()),
        *frame.after(proofread),
        *frame.after(framed()),
    )
    sounds = {s.text: reader.read(s).sound for part in sections for s in part.sentences}
    for text, kana in {
        "この本は、やさしい日本語で書いてあります。": "コノホンワヤサシイニホンゴデカイテアリマス",
        "声は、ゆっくり読みます。": "コエワユックリヨミマス",
        "製作": "セーサク",
        "製作は、川崎市社会福祉協議会です。": "セーサクワカワサキシシャカイフクシキョーギカイデス",
        "この録音図書は、ソフトウェア「伝わる」で作りました。": "コノロクオントショワソフトウェアツタワルデツクリマシタ",
        "読み方と音声の校正は、まだ済んでいません（未校正）。": "ヨミカタトオンセーノコーセーワマダスンデイマセンミコーセー",
        "読み方と音声の校正は、2026年11月20日に済みました（校正済）。": "ヨミカタトオンセーノコーセーワ"
        "ニセンニジューロクネンジューイチガツハツカニスミマシタコーセーズミ",
        "2026年4月に完成しました。": "ニセンニジューロクネンシガツニカンセーシマシタ",
    }.items():
        assert sounds[text] == kana


def test_原本奥付は期のある計画に期間がなければ_書かれていないと言う() -> None:
    missing = "計画の期間は、もとの資料に書かれていません。"
    unknown = replace(framed().plan, first_year=None, last_year=None, extended_to=None)
    for plan, said in (
        (framed().plan, False),
        (unknown, True),
        (replace(unknown, number=None), False),
    ):
        colophon, *_ = frame.after(replace(framed(), plan=plan))
        assert (missing in spoken(colophon)) is said


def test_凡例はその本にあるものだけを説明する() -> None:
    plain, pictured = (
        frame.before(book("# 章 {#a}\n\n" + body), Silent())[1] for body in ("文。", "![池]()")
    )
    assert not [t for t in spoken(plain) if t.startswith(("表は", "写真は", "注は"))]
    assert [t for t in spoken(pictured) if t.startswith("写真は")]


def test_枠の文の目印は原稿のものと重ならず声の名前の読みは決めたとおり() -> None:
    publication = framed()
    sections = (*frame.before(publication, OpenJTalk()), *frame.after(publication))
    assert all(s.id.endswith("_") and s.level == 1 for s in sections)
    ids = [s.id for section in sections for s in section.sentences]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {s.id for s in publication.sentences}
    credit = next(s for s in sections[1].sentences if s.text.startswith("声の作り手"))
    assert ("Mei", "メイ") in {(r.text, r.reading) for r in credit.runs if r.fixed}


def test_読み上げは節の名前で引ける(tmp_path: Path) -> None:
    sections = book().sections
    narration = Narration("声", sections, tuple(tracks(sections, Silent(), Cache(tmp_path))))
    assert narration.track("emoji").section_id == "emoji"
    assert narration.seconds == sum(t.seconds for t in narration.tracks)
