"""人の録音。合成音声の代わりに使う、節ひとつの音。大きさをそろえ、文の切れ目の見当を付ける。

切れ目の見当は、音のない所と、同じ文の合成音声の長さとから付ける。正しいかは、人が聞いて確かめる。
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import IO, cast

import numpy as np
import numpy.typing as npt

from accessibility import sound
from accessibility.cache import Cache
from accessibility.narration import Clip, Track

LOUDNESS = -19.0
"""そろえる大きさ（LUFS）。合成音声と同じ。"""
SHORTEST, LONGEST = 1.0, 30 * 60.0
"""録音の長さ（秒）。"""
_QUIETEST, _LOUDEST_GAIN = -50.0, 30.0
"""これより小さい録音（LUFS）は、声として扱わない。これより大きくは（dB）、しない。"""
_PIECE = 10 * sound.RATE
"""一度に加工する長さ（標本の数）。長い録音でも、メモリーを多く使わず、ほかの求めを待たせない。"""


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
    """MP3 を読み、長さと大きさを確かめ、そろえる。使えなければ ``RecordingError``。

    30 分の録音で、メモリーをおよそ 250 MB 使う。
    """
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
    pcm = np.empty(len(samples), np.int16)
    places = [*_pieces(samples)]
    for place in places:
        pcm[place] = sound.to_pcm(samples[place], sound.RATE, gain)
    del samples
    pieces = [pcm[place] for place in places]
    return Recorded(pcm, sound.encode_mp3(pieces), sound.encode_aac(pieces))


def _pieces(samples: sound.Samples) -> Iterator[slice]:
    """``_PIECE`` までずつ。静かな所で切るので、大きさを抑えても、切り口が聞こえない。"""
    start = 0
    block = sound.RATE // 100
    while start < len(samples):
        end = min(start + _PIECE, len(samples))
        if end < len(samples):
            last = np.abs(samples[end - 100 * block : end]).reshape(100, block).max(axis=1)
            end -= (100 - int(np.argmin(last))) * block - block // 2
        yield slice(start, end)
        start = end


def _decoded(file: IO[bytes]) -> sound.Samples:
    """22.05 kHz のモノラル。"""
    import av

    samples = bytearray()  # つなぎ直さないので、録音 1 つの分のメモリーで足りる
    try:
        # MP3 としてだけ読む（ほかのファイルを指す形式を、開かない）。
        with av.open(file, "r", format="mp3") as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=sound.RATE)
            for frame in container.decode(audio=0):
                for part in resampler.resample(frame):
                    samples += part.to_ndarray()[0].tobytes()
                if len(samples) > LONGEST * sound.RATE * _WIDTH:
                    raise RecordingError(
                        f"録音が長すぎます。{LONGEST / 60:.0f} 分までの、1 つの節の録音にしてください。"
                    )
            for part in resampler.resample(None):
                samples += part.to_ndarray()[0].tobytes()
    except (av.error.FFmpegError, IndexError, ValueError) as error:
        at = len(samples) / _WIDTH / sound.RATE
        where = f"（{at:.0f} 秒の所でこわれています）" if at > 1 else ""
        raise RecordingError(
            f"MP3 として読めません{where}。録音のソフトで、MP3 に書き出し直してください。"
        ) from error
    return np.frombuffer(samples, np.float32)


_WIDTH = np.dtype(np.float32).itemsize


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

_FRAME = 220
"""大きさを測る長さ（標本の数。およそ 10 ms）。"""
_HOP = _FRAME / sound.RATE
_LEAD = 0.3
"""切れ目は、次の声の始まりから、これだけ前（秒。間が短ければ、その 6 割）。合成音声の間の取り方と同じ。"""
_RANGE = 50.0
"""声と、音のない所の、大きさの差の上限（dB）。"""
_PAUSE = 0.08
"""これより短い、音のない所は、切れ目とみない（秒）。"""
_LENGTH, _SILENCE = 1 / (2 * 0.2**2), 1.0
"""文の長さの違い（比の対数、20 % を 1 とみる）と、間の短さの重み。"""
_LONGEST_PAUSE = 1.0
"""これより長い間は、この長さとみる（秒）。"""
_REACH = 200
"""文ひとつの中の、音のない所の数の上限。"""
_IMPOSSIBLE = 1e4


def align(pcm: sound.Pcm, lengths: Sequence[float]) -> tuple[float, ...]:
    """文の切れ目（秒）。始めの 0 と終わりの長さを含めて、文の数より 1 つ多い。

    ``lengths`` は、同じ文の合成音声の長さ（秒、後の間を含む）。話す速さの違いは、全体の長さの比とみる。
    """
    total = len(pcm) / sound.RATE
    if len(lengths) < 2:
        return (0.0, round(total, 3))
    quiet = _quiet(_levels(pcm))
    places, gaps = _pauses(quiet)
    begin, end = _speech(quiet)
    # めくる間のような長い間は、文の長さに数えない。
    waits = np.cumsum(np.maximum(gaps - _LONGEST_PAUSE, 0.0))
    waited = float(waits[-1]) if len(waits) else 0.0
    # 声の始めから終わりまでを、文の長さに割り当てる（始めと終わりの、音のない所は除く）。
    speed = max(end - begin - waited, _HOP) / max(sum(lengths) - 2 * _LEAD, _HOP)
    expected = np.maximum(np.asarray(lengths) * speed, 0.2)
    if len(places) < len(lengths) - 1:  # 間が足りない。長さだけで割る
        inner = begin + np.cumsum(expected)[:-1] / expected.sum() * (end - begin)
    else:
        inner = places[_best(places - waits - begin, gaps, expected, end - begin - waited)]
    return (0.0, *(round(float(t), 3) for t in inner), round(total, 3))


Array = npt.NDArray[np.float64]
Quiet = npt.NDArray[np.bool_]
"""``_HOP`` ごとに、音がないか。"""


def _best(places: Array, gaps: Array, expected: Array, end: float) -> list[int]:
    """文の長さと間の長さに最もよく合う切れ目が、何番めの間か（動的計画法）。

    ``places`` は間の時刻、``end`` は声の終わり（声の始めから、秒）。

    文ひとつの終わりは、始まりから ``_REACH`` 個の間の中で探すので、手間もメモリーも、録音の長さの 2 乗には
    ならない。読む速さが途中で変わっても、文を読み直しても、切れ目の見当の時刻では区切らないので、ついていける。
    """
    count = len(expected) - 1
    reach = min(_REACH, len(places))
    silence = _SILENCE * -np.log(np.minimum(gaps, 1.0))
    # 行は切れ目、列はその ``reach`` 個前から 1 つ前までの切れ目。
    spans = _logs(places[:, None] - _before(places, reach))
    cost = _stretch(_logs(places), expected[0]) + silence
    came: list[npt.NDArray[np.intp]] = []
    rows = np.arange(len(places))
    for length in expected[1:count]:
        reached = _stretch(spans, length)
        reached += _before(cost, reach)
        best = np.argmin(reached, axis=1)
        cost = reached[rows, best] + silence
        came.append(rows - reach + best)
    cost = cost + _stretch(_logs(end - places), expected[-1])
    chosen = [int(np.argmin(cost))]
    for back in reversed(came):
        chosen.append(int(back[chosen[-1]]))
    return chosen[::-1]


def _before(values: Array, reach: int) -> Array:
    """行ごとに、その ``reach`` 個前から 1 つ前までの値。ないものは無限大。"""
    padded = np.concatenate([np.full(reach, np.inf), values[:-1]])
    windows = np.lib.stride_tricks.sliding_window_view(padded, reach)
    return cast("Array", windows)


def _logs(spans: Array) -> Array:
    """長さの対数。後ろへは戻れない（戻るものは、とても長いとみる）。"""
    logs: Array = np.where(spans > _HOP, np.log(np.maximum(spans, _HOP)), _IMPOSSIBLE)
    return logs


def _stretch(spans: Array, expected: float) -> Array:
    """長さの違いの費用。``spans`` は長さの対数。"""
    # 短い文は、同じ秒の違いでも比が大きくなるので、軽くみる。
    weight = _LENGTH * min(1.0, expected / 2.0)
    ratio: Array = spans - np.log(expected)
    ratio *= ratio
    ratio *= weight
    return ratio


def _levels(pcm: sound.Pcm) -> Array:
    """``_HOP`` ごとの大きさ（dB）。"""
    powers: list[Array] = []
    frames = pcm[: len(pcm) // _FRAME * _FRAME].reshape(-1, _FRAME)
    for start in range(0, len(frames), _PIECE // _FRAME):
        blocks = frames[start : start + _PIECE // _FRAME].astype(np.float64) / 32768
        # 低いうなり（空調など）は、声の間をうめる。差を取ると小さくなる。
        powers.append((np.diff(blocks, axis=1) ** 2).mean(axis=1))
    power = np.convolve(np.concatenate(powers), np.full(5, 0.2), "same")
    return 10 * np.log10(power + 1e-12)


def _quiet(levels: Array) -> Quiet:
    floor, speech = np.percentile(levels, 5), np.percentile(levels, 90)
    # まったくの無音のある録音でも、息や部屋の音を、声と数えない。
    floor = max(floor, speech - _RANGE)
    return levels < floor + 0.2 * (speech - floor)


def _speech(quiet: Quiet) -> tuple[float, float]:
    """声の始めと終わり（秒）。"""
    loud = np.flatnonzero(~quiet)
    if not len(loud):
        return 0.0, len(quiet) * _HOP
    return float(loud[0] * _HOP), float((loud[-1] + 1) * _HOP)


def _pauses(quiet: Quiet) -> tuple[Array, Array]:
    """音のない所の、切れ目にする時刻と長さ（秒）。始めと終わりを除く。"""
    changes = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    first, after = changes[::2], changes[1::2]
    inside = (first > 0) & (after < len(quiet)) & ((after - first) * _HOP >= _PAUSE)
    ends = np.asarray(after[inside] * _HOP, np.float64)
    gaps = ends - first[inside] * _HOP
    return ends - np.minimum(_LEAD, 0.6 * gaps), gaps


# 版に使う ---------------------------------------------------------------------------

Sounds = Callable[[str], tuple[bytes, bytes]]
"""音の名前から、MP3 と AAC。"""
Times = tuple[tuple[str, float, float], ...]
"""文の id と、録音の中の時間（秒）。"""


@dataclass(frozen=True, slots=True)
class RecordedJob:
    """人の録音を、節ひとつの音声にする仕事。``times`` は文の id と、録音の中の時間（秒）。"""

    key: str
    section_id: str
    times: Times
    cache: Cache


def clips_of(mp3: bytes, times: Times) -> tuple[float, tuple[Clip, ...]]:
    """音の長さ（秒）と、文ごとの所。版に使う形の MP3 でないか、音より長ければ ``RecordingError``。"""
    try:
        seconds = sound.mp3_seconds(mp3)
    except ValueError:
        raise RecordingError(
            "音が、export で書き出した形の MP3 ではありません。職員の画面から入れてください。"
        ) from None
    delay = sound.MP3_DELAY / sound.RATE
    borders = [0.0, *(round(end + delay, 3) for _, _, end in times[:-1]), round(seconds, 3)]
    if times[-1][2] > seconds or any(begin >= end for begin, end in pairwise(borders)):
        raise RecordingError(
            f"文の切れ目（{times[-1][2]:.2f} 秒まで）が、音の長さ（{seconds:.2f} 秒）に合いません。"
            "切れ目を直してください。"
        )
    spans = zip(times, pairwise(borders), strict=True)
    return seconds, tuple(Clip(id, begin, end) for (id, _, _), (begin, end) in spans)


def recorded_track(job: RecordedJob, sounds: Sounds) -> Track:
    """``job.key`` は音の名前（SHA-256）。"""
    mp3, aac = sounds(job.key)
    seconds, clips = clips_of(mp3, job.times)
    return Track(
        job.section_id,
        job.cache.put_file(job.key, ".mp3", mp3)[0],
        job.cache.put_file(job.key, ".m4a", aac)[0],
        seconds,
        clips,
    )
