"""音の加工と符号化。声（48 kHz など）を、どの版にも使う 22.05 kHz モノラルの MP3 と AAC にする。

声の大きさは、声ごとに決まった倍率をかけるだけで揃える（測って合わせると、1 文の直しがほかの文の
音まで変えてしまう）。MP3 は CBR・ID3 なし・Xing なしで、DAISY 2.02 の機械でも位置がずれない。
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from av import Packet
    from av.audio.stream import AudioStream
    from av.container import InputContainer

    Frame = Packet[AudioStream]

Pcm = npt.NDArray[np.int16]
Samples = npt.NDArray[np.float32]

RATE = 22_050
"""版の標本化周波数（Hz）。"""
BIT_RATE = 64
"""MP3 と AAC のビットレート（kbit/s）。"""
CEILING = 10 ** (-2.5 / 20)
"""標本の最大値。符号化すると少しはみ出すので、トゥルーピーク −1 dBTP より低くしておく。"""
MP3_DELAY = 1105
"""復号した MP3 の頭に付く標本の数（LAME の 576 と復号器の 529）。付く印がないので除かれない。"""
AAC_FRAME = 1024
"""AAC のフレームひとつの標本の数。符号器は、音の前にこの長さの先走り（priming）を置く。"""
_FRAME_SAMPLES = 576
_FRAME_HEADS = (b"\xff\xf3\x80", b"\xff\xf3\x82")
"""MPEG-2 Layer III、64 kbit/s、22.05 kHz のフレームの頭（あとのものは 1 バイト長い）。"""
_LIMITER_BLOCK = 55


def to_pcm(samples: Samples, rate: int, gain: float) -> Pcm:
    """声の波形を 22.05 kHz の 16 bit にする。

    ``samples`` は 1.0 が最大の波形（超えていてもよい）、``rate`` は Hz、``gain`` は倍率。
    int16 に直接変えると超えた所が折り返して雑音になるので、実数のまま大きさを抑えてから丸める。
    """
    levelled = limit(resample(samples, rate) * np.float32(gain))
    return np.round(levelled * np.float32(32767)).astype(np.int16)


def resample(samples: Samples, rate: int) -> Samples:
    if rate == RATE or not len(samples):
        return samples
    import av

    frame = av.AudioFrame.from_ndarray(
        np.ascontiguousarray(samples, np.float32).reshape(1, -1), format="flt", layout="mono"
    )
    frame.sample_rate = rate
    resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
    parts = [f.to_ndarray()[0] for f in (*resampler.resample(frame), *resampler.resample(None))]
    resampled: Samples = np.concatenate(parts)
    return resampled


def limit(samples: Samples) -> Samples:
    """``CEILING`` を超える所だけを、その前後 2.5 ms をかけてなめらかに小さくする。"""
    if not len(samples) or float(np.abs(samples).max()) <= CEILING:
        return samples
    blocks = -(-len(samples) // _LIMITER_BLOCK)
    padded = np.zeros(blocks * _LIMITER_BLOCK, np.float32)
    padded[: len(samples)] = np.abs(samples)
    peaks = padded.reshape(blocks, _LIMITER_BLOCK).max(axis=1)
    gains = np.minimum(1, CEILING / np.maximum(peaks, 1e-9))
    # 隣の区間の分まで小さくしておけば、中心から中心へ直線で結んでも上限を超えない。
    edged = np.pad(gains, 1, mode="edge")
    lowest = np.minimum(np.minimum(edged[:-2], edged[1:-1]), edged[2:])
    centres = (np.arange(blocks) + 0.5) * _LIMITER_BLOCK
    envelope = np.interp(np.arange(len(samples)) + 0.5, centres, lowest)
    limited: Samples = (samples * envelope).astype(np.float32)
    return limited


def encode_mp3(parts: Iterable[Pcm]) -> bytes:
    """MPEG-2 Layer III、64 kbit/s の CBR、モノラル。ID3 も Xing も付かない。"""
    import lameenc

    encoder = lameenc.Encoder()
    encoder.silence()
    encoder.set_channels(1)
    encoder.set_in_sample_rate(RATE)
    encoder.set_bit_rate(BIT_RATE)
    encoder.set_quality(5)
    encoded = bytearray()
    for part in parts:
        encoded += encoder.encode(part.tobytes())
    encoded += encoder.flush()
    return bytes(encoded)


def mp3_seconds(mp3: bytes) -> float:
    """``encode_mp3`` の結果の長さ。フレームを数える（CBR で、1 フレームは 576 標本）。

    ``encode_mp3`` の形でなければ ``ValueError``。
    """
    frames = position = 0
    while position < len(mp3):
        if mp3[position : position + 3] not in _FRAME_HEADS:
            raise ValueError(position)
        padding = mp3[position + 2] >> 1 & 1
        position += 72 * BIT_RATE * 1000 // RATE + padding
        frames += 1
    return frames * _FRAME_SAMPLES / RATE


def encode_aac(parts: Iterable[Pcm]) -> bytes:
    """AAC-LC の m4a。時刻や作り手の名前を入れないので、同じ音からは同じバイトができる。"""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="ipod", options={"fflags": "+bitexact"}) as container:
        # 既定の twoloop より 4 割速く、声では違いが聞こえない。
        stream = container.add_stream(
            "aac", rate=RATE, layout="mono", options={"aac_coder": "fast"}
        )
        stream.bit_rate = BIT_RATE * 1000
        position = 0
        for part in parts:
            if not len(part):
                continue
            frame = av.AudioFrame.from_ndarray(part.reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate = RATE
            frame.pts = position
            position += len(part)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return buffer.getvalue()


def cut_aac(file: Path, spans: Sequence[tuple[float, float]]) -> bytes:
    """AAC のファイル（m4b）の ``spans``（秒）を、符号化し直さずに並べた m4a。

    切れ目は、いちばん近いフレーム（0.05 秒）。フレームは前のフレームに重ねて音になるので、初めの 1 つ前の
    フレームも先走りとして入れる（再生されない）。読めないときは ``ValueError``。
    """
    import av

    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    # 頭から再生できるように目次（moov）を前に移すには、読み書きできるファイルが要る。
    with tempfile.TemporaryDirectory(prefix="tsutawaru-") as folder:
        cut = Path(folder) / "cut.m4a"
        try:
            with av.open(str(file)) as whole, av.open(str(cut), "w", "ipod", options) as part:
                source = whole.streams.audio[0]
                stream = part.add_stream_from_template(source)
                before, wanted = _frames(whole, source, *spans[0])
                for span in spans[1:]:
                    wanted += _frames(whole, source, *span)[1]
                position = -AAC_FRAME if before else 0
                for packet in (*before, *wanted):
                    length = AAC_FRAME if position < 0 else packet.duration or 0
                    packet.pts = packet.dts = position
                    packet.stream = stream
                    part.mux(packet)
                    position += length
        except (av.error.FFmpegError, IndexError, OSError) as error:
            raise ValueError("音のファイルとして読めません。") from error
        return cut.read_bytes()


def _frames(
    whole: InputContainer, source: AudioStream, begin: float, end: float
) -> tuple[list[Frame], list[Frame]]:
    """``begin`` 秒の 1 つ前のフレーム（なければ空）と、``begin`` 秒から ``end`` 秒までのフレーム。"""
    near = source.rate / 1000  # 時刻は 0.001 秒に丸めてある
    first, last = begin * source.rate - near, end * source.rate - near
    whole.seek(max(0, round(first) - 2 * AAC_FRAME), stream=source)
    before: list[Frame] = []
    wanted: list[Frame] = []
    for packet in whole.demux(source):
        if packet.pts is None or packet.pts >= last:
            break
        if packet.pts < first:
            before = [packet]
        else:
            wanted.append(packet)
    return before, wanted


def decode(data: bytes) -> tuple[Samples, int]:
    """音のファイルを、1.0 が最大のモノラルの波形と標本化周波数（Hz）にする。

    読めないときは ``ValueError``。
    """
    import av

    try:
        with av.open(io.BytesIO(data), "r") as container:
            rate = container.streams.audio[0].rate
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
            frames = [r for f in container.decode(audio=0) for r in resampler.resample(f)]
            frames += resampler.resample(None)
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError("音のファイルとして読めません。") from error
    parts = [f.to_ndarray()[0] for f in frames]
    return np.concatenate([np.zeros(0, np.float32), *parts]), rate


def encode_wav(pcm: Pcm) -> bytes:
    import wave

    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(pcm.tobytes())
    return buffer.getvalue()
