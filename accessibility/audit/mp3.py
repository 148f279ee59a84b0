"""MP3 の事実。フレームを端から数え、音を復号せずに本当の長さを知る。"""

from __future__ import annotations

from dataclasses import dataclass, field

# MPEG-1 と MPEG-2 の Layer III のビットレート（kbit/s）と標本化周波数（Hz）。ISO/IEC 11172-3、13818-3。
_BIT_RATES = {
    3: (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    2: (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160),
}
_SAMPLE_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000)}
_LAYER_3, _MONO = 1, 3


@dataclass(slots=True)
class Mp3:
    """``seconds`` は長さ（秒）。``stray`` は MPEG-1/2 Layer III のフレームの外にあるバイト数。

    ``info`` は、頭のフレームが音でなく Xing/LAME などの印であること。
    """

    seconds: float = 0.0
    frames: int = 0
    bit_rates: set[int] = field(default_factory=set)
    sample_rates: set[int] = field(default_factory=set)
    mono: bool = True
    id3: bool = False
    info: bool = False
    stray: int = 0


def measure(data: bytes) -> Mp3:
    facts = Mp3(id3=data.startswith(b"ID3"))
    position = _id3_bytes(data) if facts.id3 else 0
    while position + 4 <= len(data):
        header = int.from_bytes(data[position : position + 4], "big")
        length = _frame(header, facts)
        if not length:
            following = data.find(b"\xff", position + 1)
            step = (following if following > 0 else len(data)) - position
            facts.stray += step
            position += step
            continue
        if facts.frames == 1:
            facts.info = any(
                mark in data[position : position + 64] for mark in (b"Xing", b"Info", b"VBRI")
            )
        position += length
    return facts


def _frame(header: int, facts: Mp3) -> int:
    """フレームひとつを数え、バイト数を返す。Layer III のフレームの頭でなければ 0。"""
    version, layer = header >> 19 & 3, header >> 17 & 3
    rate, frequency = header >> 12 & 15, header >> 10 & 3
    if header >> 21 != 0x7FF or layer != _LAYER_3 or version not in _BIT_RATES:
        return 0
    if rate in (0, 15) or frequency == 3:
        return 0
    bit_rate, sample_rate = _BIT_RATES[version][rate], _SAMPLE_RATES[version][frequency]
    samples = 1152 if version == 3 else 576
    facts.frames += 1
    facts.seconds += samples / sample_rate
    facts.bit_rates.add(bit_rate)
    facts.sample_rates.add(sample_rate)
    facts.mono &= header >> 6 & 3 == _MONO
    return samples // 8 * bit_rate * 1000 // sample_rate + (header >> 9 & 1)


def _id3_bytes(data: bytes) -> int:
    size = 0
    for byte in data[6:10]:
        size = size << 7 | byte & 0x7F
    return 10 + size
