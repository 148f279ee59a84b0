"""人の録音: 読めるものだけを受け取り、大きさをそろえ、文の切れ目の見当を付ける。"""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from accessibility import sound
from accessibility.cache import Cache
from accessibility.dictionary import parse_dictionary
from accessibility.heard import heard_keys, heard_whole
from accessibility.readings import Reader, read_publication
from accessibility.recorded import (
    LOUDNESS,
    RecordedJob,
    RecordingError,
    align,
    clips_of,
    loudness,
    read_recording,
    recorded_track,
)
from accessibility.voices import OpenJTalk
from content.model import Publication, Run, Sentence
from content.notation import parse
from content.recorded import text_key

TEXTS = (
    "地域の支え合い。",
    "困ったときは、近くの人に声をかけてください。",
    "区役所の窓口でも、電話でも、相談を受けています。",
    "秘密は守ります。",
    "費用はかかりません。はじめての方も、ご家族の方も、どうぞ気軽にお越しください。",
    "毎月の第二土曜日に、集まりがあります。",
)


def spoken(speeds: list[float]) -> list[sound.Pcm]:
    """文ごとの声。"""
    reader, voice = Reader(), OpenJTalk()
    sentences = [reader.read(Sentence(f"s{n}", (Run(text),))) for n, text in enumerate(TEXTS)]
    return [
        sound.to_pcm(speech.samples, speech.rate, voice.gain)
        for sentence, speed in zip(sentences, speeds, strict=True)
        for speech in voice.at(speed).speak([sentence])
    ]


def silence(seconds: float) -> sound.Pcm:
    return np.zeros(round(seconds * sound.RATE), np.int16)


@pytest.mark.parametrize(
    ("speeds", "pause", "noise"),
    [
        ([1.0] * 6, 0.35, 0.0),
        ([0.8] * 6, 0.6, 0.0),  # ゆっくり読む人
        ([1.1, 0.95, 1.05, 0.9, 1.0, 1.1], 0.5, 0.0),
        ([1.0] * 6, 0.35, 0.003),  # 部屋の音（−50 dB）
    ],
)
def test_文の切れ目の見当は_間の中にある(speeds: list[float], pause: float, noise: float) -> None:
    lengths = [len(pcm) / sound.RATE + 0.35 for pcm in spoken([1.0] * 6)]
    parts = spoken(speeds)
    pcm = np.concatenate(
        [silence(1.0), *(x for part in parts for x in (part, silence(pause))), silence(0.5)]
    )
    rough = np.random.default_rng(1).normal(0, noise * 32768, len(pcm))
    borders = align(np.clip(pcm + rough, -32768, 32767).astype(np.int16), lengths)
    true = 1.0 + np.cumsum([len(part) / sound.RATE + pause for part in parts])[:-1]
    assert (borders[0], borders[-1]) == (0.0, round(len(pcm) / sound.RATE, 3))
    errors = np.abs(np.array(borders[1:-1]) - true)
    # 次の文の声は、切れ目の 0.3 秒ほど後に始まる。
    assert float(np.median(errors)) < 0.2 and float(errors.max()) < 0.3


@pytest.mark.parametrize(("intro", "cough", "wait"), [(10.0, 5.0, 0.0), (1.0, 0.0, 8.0)])
def test_始めのせきや長い間があっても_切れ目は間の中にある(
    intro: float, cough: float, wait: float
) -> None:
    lengths = [len(pcm) / sound.RATE + 0.35 for pcm in spoken([1.0] * 6)]
    parts = spoken([1.1, 0.95, 1.05, 0.9, 1.0, 1.1])
    pauses = [0.5, 0.6, 0.5 + wait, 0.4, 0.5, 0.5]
    pcm = np.concatenate(
        [
            silence(intro),
            *(x for pair in zip(parts, map(silence, pauses), strict=True) for x in pair),
        ]
    )
    if cough:
        place = slice(round(cough * sound.RATE), round((cough + 0.3) * sound.RATE))
        pcm[place] = np.random.default_rng(1).normal(0, 5000, place.stop - place.start)
    borders = align(pcm, lengths)
    voices = [len(part) / sound.RATE for part in parts]
    ends = intro + np.cumsum(voices) + np.cumsum([0.0, *pauses[:-1]])
    begins = (ends + pauses)[:-1]
    inner = np.array(borders[1:-1])
    # 合成音声は、文の終わりに短い無音を持つ。
    assert (inner > ends[:-1] - 0.3).all() and (inner < begins + 0.1).all()


def test_長い録音も_少ないメモリーで_文の切れ目が見つかる() -> None:
    # 6 分の声。読点にあたる短い間が、0.5 秒ごとにある。
    random = np.random.default_rng(1)
    pieces = random.integers(6, 18, 60)
    lengths = pieces / 2 * random.uniform(0.9, 1.1, 60)
    tone = np.sin(2 * np.pi * 200 * np.arange(round(0.35 * sound.RATE)) / sound.RATE) * 9000
    syllable = np.concatenate([tone.astype(np.int16), silence(0.15)])
    parts = [x for n in pieces for x in (np.tile(syllable, n), silence(0.5))]
    true = np.cumsum([n * 0.5 + 0.5 for n in pieces])[:-1]
    pcm = np.concatenate(parts)
    mp3 = sound.encode_mp3([pcm])
    bytes_used = []
    tracemalloc.start()
    try:
        recorded = read_recording(io.BytesIO(mp3))
        bytes_used.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.reset_peak()
        borders = align(recorded.pcm, [float(s) + 0.5 for s in lengths])
        bytes_used.append(tracemalloc.get_traced_memory()[1])
    finally:
        tracemalloc.stop()
    assert max(bytes_used) < 100e6, bytes_used
    assert float(np.abs(np.array(borders[1:-1]) - true).max()) < 0.5


def test_間が足りなければ_文の長さで分ける() -> None:
    t = np.arange(6 * sound.RATE) / sound.RATE
    pcm = (np.sin(2 * np.pi * 200 * t) * 9000).astype(np.int16)
    borders = align(pcm, [1.0, 2.0, 3.0])
    assert list(borders) == sorted(borders) and len(borders) == 4
    assert borders[1] == pytest.approx(1.0, abs=0.4) and borders[2] == pytest.approx(3.0, abs=0.4)


def test_文が1つなら_すべてがその文() -> None:
    assert align(silence(2.0), [1.5]) == (0.0, 2.0)


@pytest.mark.parametrize("level", [0.01, 0.3, 0.9])
def test_どの大きさの録音も_同じ大きさになり_割れない(level: float) -> None:
    t = np.arange(5 * sound.RATE) / sound.RATE
    wave = level * np.sin(2 * np.pi * 300 * t) * (0.5 + 0.5 * np.sin(2 * np.pi * 3 * t))
    recorded = read_recording(io.BytesIO(sound.encode_mp3([(wave * 32767).astype(np.int16)])))
    assert recorded.seconds == pytest.approx(5.0, abs=0.15)
    samples = recorded.pcm.astype(np.float32) / np.float32(32767)
    assert loudness(samples) == pytest.approx(LOUDNESS, abs=0.3)
    assert float(np.abs(samples).max()) <= sound.CEILING + 1e-4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "MP3 として読めません"),
        (b"#EXTM3U\nhttp://127.0.0.1/\n", "MP3 として読めません"),
        (bytes(2000), "MP3 として読めません"),
        (sound.encode_wav(silence(2.0)), "MP3 として読めません"),
        (sound.encode_mp3([silence(0.3)]), "録音が短すぎます"),
        (sound.encode_mp3([silence(3.0)]), "録音に声がない"),
    ],
)
def test_使えない録音は_訳を言って断る(data: bytes, said: str) -> None:
    with pytest.raises(RecordingError, match=said):
        read_recording(io.BytesIO(data))


def test_録音は_合成音声と同じ形の音声になる(tmp_path: Path) -> None:
    pcm = spoken([1.0] * 6)[0]
    mp3, aac = sound.encode_mp3([pcm]), sound.encode_aac([pcm])
    seconds = len(pcm) / sound.RATE
    job = RecordedJob("ab" * 32, "s", (("s-1", 0.0, 0.5), ("s-2", 0.5, seconds)), Cache(tmp_path))
    track = recorded_track(job, {"ab" * 32: (mp3, aac)}.__getitem__)
    assert (track.mp3.read_bytes(), track.aac.read_bytes()) == (mp3, aac)
    first, second = track.clips
    assert (first.begin, first.end, second.end) == (0.0, 0.55, round(track.seconds, 3))
    assert track.seconds == sound.mp3_seconds(mp3)


@pytest.mark.parametrize("times", [(0.5, 900.0), (1.99, 900.0), (2.5, 2.6), (0.5, 2.3)])
def test_音より長い切れ目は_逆さの時間にせずに断る(times: tuple[float, float]) -> None:
    mp3 = sound.encode_mp3([silence(2.0)])
    inner, end = times
    with pytest.raises(RecordingError, match=r"音の長さ（2\.\d\d 秒）に合いません。"):
        clips_of(mp3, (("s-1", 0.0, inner), ("s-2", inner, end)))


@pytest.mark.parametrize(
    "data", [b"mp3", b"\xff\xf3", sound.encode_wav(silence(2.0)), b"ID3" + bytes(4000)]
)
def test_版に使う形のMP3でなければ断る(data: bytes) -> None:
    with pytest.raises(RecordingError, match="形の MP3 ではありません。"):
        clips_of(data, (("s-1", 0.0, 0.1),))


# 何を聞いたか -----------------------------------------------------------------------

TEXT = """---
表題: 計画
発行: 社協
計画: 計画
日付: 2026-04-01
出典: 試験
---

# 朝市 {#market}

朝市を開きます。

# 夜 {#night}

夜です。
"""


def read(text: str = TEXT, dictionary: str = "") -> Publication:
    words = parse_dictionary(f"語\t読み\tアクセント\t備考\n{dictionary}") if dictionary else None
    return read_publication(parse(text, "a/b"), Reader(words))


def test_聞いた音の要約は_文字か読みか人が変わったときだけ変わる() -> None:
    same = heard_whole(read(), "声", {})
    assert heard_whole(read(), "声", {}) == same
    changed = [
        heard_whole(read(TEXT.replace("夜です", "夜だ")), "声", {}),
        heard_whole(read(dictionary="朝市\tちょうし\t\t\n"), "声", {}),
        heard_whole(read(dictionary="朝市\tあさいち\t0\t\n"), "声", {}),
        heard_whole(read(), "別の声", {}),
        heard_whole(read(), "声", {"night": "録音"}),
    ]
    assert len({same, *changed}) == 6
    keys = heard_keys(read().sections, "声", {})
    fixed = heard_keys(read(dictionary="朝市\tちょうし\t\t\n").sections, "声", {})
    assert {id.split("-")[0] for id in keys if keys[id] != fixed[id]} == {"market"}


def test_録音の合う文章は_文字だけで決まる() -> None:
    (first, night), (again, _) = read().sections, read(dictionary="朝市\tちょうし\t\t\n").sections
    assert text_key(first.sentences) == text_key(again.sentences) != text_key(night.sentences)
