"""音の加工と符号化。"""

from __future__ import annotations

import io

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility import sound


def tone(seconds: float, level: float, rate: int = 48_000, hertz: float = 440) -> sound.Samples:
    t = np.arange(int(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * t)).astype(np.float32)


def test_上限を超える声も折り返さず上限に収まる() -> None:
    loud = tone(0.5, 1.3)
    pcm = sound.to_pcm(loud, 48_000, 1.0)
    assert np.abs(pcm).max() <= round(sound.CEILING * 32767)
    # 折り返した int16 は、隣の標本との差が桁違いに大きい（これが雑音になる）。
    step = np.abs(np.diff(pcm.astype(int))).max()
    wrapped = (loud[::2] * 32768).astype(np.int64).astype(np.int16)
    assert step < 6_000 < np.abs(np.diff(wrapped.astype(int))).max()


def test_上限を超えない声は何も変わらない() -> None:
    quiet = tone(0.2, 0.5, rate=sound.RATE)
    assert sound.limit(quiet) is quiet


@given(st.lists(st.floats(-2, 2, width=32), min_size=1, max_size=400))
def test_どんな波形でも上限に収まり符号は変わらない(values: list[float]) -> None:
    samples = np.array(values, np.float32)
    limited = sound.limit(samples)
    assert len(limited) == len(samples)
    assert np.abs(limited).max() <= sound.CEILING + 1e-6
    assert (limited * samples >= 0).all()


def test_22キロヘルツにしても長さと高さが変わらない() -> None:
    pcm = sound.to_pcm(tone(1.0, 0.5, hertz=1000), 48_000, 1.0)
    assert len(pcm) == pytest.approx(sound.RATE, abs=64)
    spectrum = np.abs(np.fft.rfft(pcm))
    assert np.argmax(spectrum) * sound.RATE / len(pcm) == pytest.approx(1000, abs=3)


def click(at: float, seconds: float) -> sound.Pcm:
    pcm = np.zeros(int(seconds * sound.RATE), np.int16)
    pcm[int(at * sound.RATE)] = 20_000
    return pcm


def decoded(data: bytes) -> sound.Samples:
    with av.open(io.BytesIO(data)) as container:
        return np.concatenate([f.to_ndarray()[0] for f in container.decode(audio=0)])


def test_MP3は固定ビットレートで飾りがない() -> None:
    mp3 = sound.encode_mp3([sound.to_pcm(tone(2, 0.5), 48_000, 1.0)])
    assert mp3[:2] == b"\xff\xf3"  # MPEG-2 Layer III、CRC なし
    assert not mp3.startswith(b"ID3")
    assert b"Xing" not in mp3 and b"Info" not in mp3 and mp3[-128:-125] != b"TAG"
    headers, position = set(), 0
    while position < len(mp3):
        assert mp3[position : position + 2] == b"\xff\xf3"
        headers.add(mp3[position + 2] & 0b11111100)
        position += 208 + (mp3[position + 2] >> 1 & 1)
    assert len(headers) == 1  # ビットレートと標本化周波数が、どのフレームも同じ


def test_MP3の長さと遅れは式のとおり() -> None:
    mp3 = sound.encode_mp3([click(0.5, 2.0)])
    wave = decoded(mp3)
    assert sound.mp3_seconds(mp3) == pytest.approx(len(wave) / sound.RATE, abs=1e-9)
    assert np.argmax(np.abs(wave)) == pytest.approx(int(0.5 * sound.RATE) + sound.MP3_DELAY, abs=3)


def test_つないだMP3の時刻は前のMP3の長さだけ後になる() -> None:
    first, second = sound.encode_mp3([click(0.3, 1.7)]), sound.encode_mp3([click(0.9, 1.3)])
    wave = decoded(first + second)
    after = int(sound.mp3_seconds(first) * sound.RATE)
    expected = after + int(0.9 * sound.RATE) + sound.MP3_DELAY
    assert after + np.argmax(np.abs(wave[after:])) == pytest.approx(expected, abs=3)


def test_AACを戻すと同じ時刻に同じ音がある() -> None:
    wave = decoded(sound.encode_aac([click(0.5, 1.0), click(0.25, 1.0)]))
    assert np.argmax(np.abs(wave[: sound.RATE])) == pytest.approx(0.5 * sound.RATE, abs=3)
    later = np.argmax(np.abs(wave[sound.RATE :]))
    assert later == pytest.approx(0.25 * sound.RATE, abs=3)


def test_同じ音からは同じバイトができる() -> None:
    pcm = sound.to_pcm(tone(1, 0.5), 48_000, 1.0)
    for encode in (sound.encode_mp3, sound.encode_aac):
        assert encode([pcm]) == encode([pcm[:1000], pcm[1000:]]) == encode([pcm])


def test_音でないものは断る() -> None:
    with pytest.raises(ValueError, match="音のファイルとして読めません"):
        sound.decode(b"not a sound")


def test_WAVを読み戻すと同じ音になる() -> None:
    pcm = sound.to_pcm(tone(0.3, 0.5), 48_000, 1.0)
    samples, rate = sound.decode(sound.encode_wav(pcm))
    assert rate == sound.RATE
    assert np.abs(samples * 32768 - pcm).max() < 1
