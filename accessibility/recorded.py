"""人の録音。合成音声の代わりに使う、節ひとつの音。大きさをそろえ、文の切れ目の見当を付ける。

切れ目の見当は、音のない所と、同じ文の合成音声の長さとから付ける。正しいかは、人が聞いて確かめる。
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from accessibility import sound
from accessibility.cache import Cache
from accessibility.narration import Clip, Track

if TYPE_CHECKING:
    pass

LOUDNESS = -19.0
"""そろえる大きさ（LUFS）。合成音声と同じ。"""
SHORTEST, LONGEST = 1.0, 30 * 60.0
"""録音の長さ（秒）。"""
_QUIETEST, _LOUDEST_GAIN = -50.0, 30.0
"""これより小さい録音（LUFS）は、声として扱わない。これより大きくは（dB）、しない。"""


class RecordingError(Exception):
    """使えない録音。説明は、画面に出せる日本語の文。"""


@dataclass(frozen=True, slots=True)
class Recorded:
    """大きさをそろえた録音。``mp3`` と ``aac`` は、どの版にも使う形（``narration.Track``）。"""

    pcm: sound.Pcm
    mp3: bytes
    aac: bytes

    @property
    def seconds(self) -> float:
        return len(self.pcm) / sound.RATE


def read_recording(file: IO[bytes]) -> Recorded:
    """MP3 を読み、長さと大きさを確かめ、そろえる。使えなければ ``RecordingError``。"""
    samples = _decoded(file)
    seconds = len(samples) / sound.RATE
    if seconds < SHORTEST:
        raise RecordingError(
            f"録音が短すぎます（{seconds:.1f} 秒）。節の録音かを確かめてください。"
        )
    level = loudness(samples)
    if level < _QUIETEST:
        raise RecordingError(
            "録音に声がないか、小さすぎます。マイクと音量を確かめて、録り直してください。"
        )
    gain = 10 ** (min(LOUDNESS - level, _LOUDEST_GAIN) / 20)
    pcm = sound.to_pcm(samples, sound.RATE, gain)
    return Recorded(pcm, sound.encode_mp3([pcm]), sound.encode_aac([pcm]))


def _decoded(file: IO[bytes]) -> sound.Samples:
    """22.05 kHz のモノラル。"""
    import av

    parts: list[sound.Samples] = []
    try:
        # MP3 としてだけ読む（ほかのファイルを指す形式を、開かない）。
        with av.open(file, "r", format="mp3") as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=sound.RATE)
            length = 0
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    parts.append(part.to_ndarray()[0])
                    length += len(parts[-1])
                if length > LONGEST * sound.RATE:
                    raise RecordingError(
                        f"録音が長すぎます。{LONGEST / 60:.0f} 分までの、1 つの節の録音にしてください。"
                    )
            parts += [part.to_ndarray()[0] for part in resampler.resample(None)]
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        at = sum(map(len, parts)) / sound.RATE
        where = f"（{at:.0f} 秒の所でこわれています）" if at > 1 else ""
        raise RecordingError(
            f"MP3 として読めません{where}。録音のソフトで、MP3 に書き出し直してください。"
        ) from error
    return np.concatenate([np.zeros(0, np.float32), *parts])


def loudness(samples: sound.Samples) -> float:
    """大きさ（LUFS、EBU R128）。短いものや無音は −70。"""
    import av
    from av.filter import Graph

    graph = Graph()
    source = graph.add_abuffer(sample_rate=sound.RATE, format="flt", layout="mono")
    meter = graph.add("ebur128", "metadata=1")
    sink = graph.add("abuffersink")
    source.link_to(meter)
    meter.link_to(sink)
    graph.configure()
    level = -70.0
    size = sound.RATE
    for start in range(0, len(samples), size):
        piece = np.ascontiguousarray(samples[start : start + size], np.float32).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(piece, format="flt", layout="mono")
        frame.sample_rate = sound.RATE
        frame.pts = start
        source.push(frame)
        while True:
            try:
                pulled = sink.pull()
            except (av.error.BlockingIOError, av.error.EOFError):
                break
            measured = dict(getattr(pulled, "metadata", {})).get("lavfi.r128.I")
            level = float(measured) if measured else level
    return level


# 文の切れ目 -----------------------------------------------------------------------

_HOP = 0.01
_LEAD = 0.3
"""切れ目は、次の声の始まりから、これだけ前（秒。間が短ければ、その 6 割）。合成音声の間の取り方と同じ。"""
_RANGE = 50.0
"""声と、音のない所の、大きさの差の上限（dB）。"""
_PAUSE = 0.08
"""これより短い、音のない所は、切れ目とみない（秒）。"""
_LENGTH, _SILENCE = 1 / (2 * 0.15**2), 1.0
"""文の長さの違い（比の対数、15 % を 1 とみる）と、間の短さの重み。"""


def align(pcm: sound.Pcm, lengths: Sequence[float]) -> tuple[float, ...]:
    """文の切れ目（秒）。始めの 0 と終わりの長さを含めて、文の数より 1 つ多い。

    ``lengths`` は、同じ文の合成音声の長さ（秒、後の間を含む）。話す速さの違いは、全体の長さの比とみる。
    """
    total = len(pcm) / sound.RATE
    if len(lengths) < 2:
        return (0.0, round(total, 3))
    places, gaps = _pauses(pcm)
    begin, end = _speech(pcm)
    # 声の始めから終わりまでを、文の長さに割り当てる（始めと終わりの、音のない所は除く）。
    speed = max(end - begin, _HOP) / max(sum(lengths) - 2 * _LEAD, _HOP)
    expected = np.maximum(np.asarray(lengths) * speed, 0.2)
    inner = _best(np.asarray(places), np.asarray(gaps), expected, begin, end)
    return (0.0, *(round(float(t), 3) for t in inner), round(total, 3))


Array = npt.NDArray[np.float64]


def _best(places: Array, gaps: Array, expected: Array, begin: float, end: float) -> list[float]:
    """文の長さと間の長さに最もよく合う切れ目（動的計画法）。"""
    count = len(expected) - 1
    if len(places) < count:  # 間が足りない。長さだけで割る
        borders = begin + np.cumsum(expected)[:-1]
        return [float(t) for t in borders]
    silence = _SILENCE * -np.log(np.minimum(gaps, 1.0))
    cost = _stretch(places - begin, expected[0]) + silence
    came: list[npt.NDArray[np.intp]] = []
    spans = places[None, :] - places[:, None]
    for length in expected[1:count]:
        reached = cost[:, None] + _stretch(spans, length)
        came.append(np.argmin(reached, axis=0))
        cost = np.min(reached, axis=0) + silence
    cost = cost + _stretch(end - places, expected[-1])
    chosen = [int(np.argmin(cost))]
    for back in reversed(came):
        chosen.append(int(back[chosen[-1]]))
    return [float(places[n]) for n in reversed(chosen)]


def _stretch(spans: Array, expected: float) -> Array:
    """長さの違いの費用。後ろへは戻れない。"""
    ratio = np.log(np.maximum(spans, 1e-3) / expected)
    # 短い文は、同じ秒の違いでも比が大きくなるので、軽くみる。
    weight = _LENGTH * min(1.0, expected / 2.0)
    return np.where(spans > _HOP, weight * ratio**2, 1e9)


def _levels(pcm: sound.Pcm) -> Array:
    """10 ms ごとの大きさ（dB）。"""
    size = round(_HOP * sound.RATE)
    frames = len(pcm) // size
    blocks = pcm[: frames * size].reshape(frames, size).astype(np.float64) / 32768
    # 低いうなり（空調など）は、声の間をうめる。差を取ると小さくなる。
    sharp = np.diff(blocks, axis=1)
    power = np.convolve((sharp**2).mean(axis=1), np.full(5, 0.2), "same")
    return 10 * np.log10(power + 1e-12)


def _quiet(pcm: sound.Pcm) -> npt.NDArray[np.bool_]:
    levels = _levels(pcm)
    floor, speech = np.percentile(levels, 5), np.percentile(levels, 90)
    # まったくの無音のある録音でも、息や部屋の音を、声と数えない。
    floor = max(floor, speech - _RANGE)
    return levels < floor + 0.2 * (speech - floor)


def _speech(pcm: sound.Pcm) -> tuple[float, float]:
    """声の始めと終わり（秒）。"""
    loud = np.flatnonzero(~_quiet(pcm))
    if not len(loud):
        return 0.0, len(pcm) / sound.RATE
    return float(loud[0] * _HOP), float((loud[-1] + 1) * _HOP)


def _pauses(pcm: sound.Pcm) -> tuple[list[float], list[float]]:
    """音のない所の、切れ目にする時刻と長さ（秒）。始めと終わりを除く。"""
    quiet = _quiet(pcm)
    changes = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    places: list[float] = []
    gaps: list[float] = []
    for first, after in zip(changes[::2], changes[1::2], strict=True):
        gap = (after - first) * _HOP
        if first == 0 or after == len(quiet) or gap < _PAUSE:
            continue
        places.append(float(after * _HOP - min(_LEAD, 0.6 * gap)))
        gaps.append(float(gap))
    return places, gaps


# 版に使う ---------------------------------------------------------------------------

Sounds = Callable[[str], tuple[bytes, bytes]]
"""音の名前から、MP3 と AAC。"""


@dataclass(frozen=True, slots=True)
class RecordedJob:
    """人の録音を、節ひとつの音声にする仕事。``times`` は文の id と、録音の中の時間（秒）。"""

    key: str
    section_id: str
    times: tuple[tuple[str, float, float], ...]
    cache: Cache


def recorded_track(job: RecordedJob, sounds: Sounds) -> Track:
    """``job.key`` は音の名前（SHA-256）。"""
    mp3, aac = sounds(job.key)
    seconds = sound.mp3_seconds(mp3)
    delay = sound.MP3_DELAY / sound.RATE
    borders = [0.0, *(round(end + delay, 3) for _, _, end in job.times[:-1]), round(seconds, 3)]
    clips = tuple(
        Clip(id, begin, end)
        for (id, _, _), (begin, end) in zip(job.times, pairwise(borders), strict=True)
    )
    return Track(
        job.section_id,
        job.cache.put_file(job.key, ".mp3", mp3)[0],
        job.cache.put_file(job.key, ".m4a", aac)[0],
        seconds,
        clips,
    )
