"""画像の画素の数を、絵に戻さずに読み、多すぎるものと読めないものを断る。"""

from __future__ import annotations

import struct
import zlib

import pytest

from app.console.picture_size import MAX_PIXELS, picture_size, pixels_fault


def png(width: int, height: int) -> bytes:
    head = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk


def frame(width: int, height: int, mark: int = 0xC0) -> bytes:
    """大きさの書かれた印。"""
    return bytes((0xFF, mark)) + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"


def part(mark: int, body: bytes) -> bytes:
    return bytes((0xFF, mark)) + struct.pack(">H", len(body) + 2) + body


SMALL = b"\xff\xd8" + frame(16, 12)
"""写真の中の小さな見本。"""


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (png(640, 480), (640, 480)),
        (png(2**32 - 1, 1), (2**32 - 1, 1)),
        (b"\xff\xd8" + frame(640, 480), (640, 480)),
        (b"\xff\xd8" + frame(640, 480, 0xC2), (640, 480)),  # 少しずつ見えてくる形
        (b"\xff\xd8" + part(0xE1, b"Exif\0\0" + SMALL) + frame(640, 480), (640, 480)),
        (b"\xff\xd8" + part(0xC4, frame(1, 1)) + b"\xff" + frame(640, 480), (640, 480)),
        (b"\xff\xd8" + part(0xFE, b"") + b"\0\0" + frame(640, 480), (640, 480)),
        (b"\xff\xd8\xff", (0, 0)),
        (b"\xff\xd8" + part(0xE0, b"JFIF")[:-1], (0, 0)),
        (png(640, 480)[:20], (0, 0)),
        (b"GIF89a" + frame(640, 480), (0, 0)),
    ],
)
def test_始めの数だけで_横と縦が分かる(data: bytes, size: tuple[int, int]) -> None:
    assert picture_size(data) == size


@pytest.mark.parametrize("mark", [b"\xff", b"\xff\xe1\0\0", b"\xff\x01"])
def test_わざと印を多くした画像を_終わりまでは探さない(mark: bytes) -> None:
    assert picture_size(b"\xff\xd8" + mark * 500 + frame(1, 1)) == (1, 1)
    assert picture_size(b"\xff\xd8" + mark * 20_000 + frame(1, 1)) == (0, 0)


def test_1億画素までは受け取り_それより多ければ断る() -> None:
    assert pixels_fault("a.png", png(10_000, MAX_PIXELS // 10_000)) == ""
    assert pixels_fault("a.jpg", b"\xff\xd8" + frame(8064, 6048)) == ""  # 電話の写真
    for data in (png(10_000, 10_001), png(1, 2**32 - 1), b"\xff\xd8" + frame(65_535, 65_535)):
        assert "大きすぎて" in pixels_fault("a.png", data)
    assert "横 60000 × 縦 50000 画素" in pixels_fault("a.png", png(60_000, 50_000))


@pytest.mark.parametrize("data", [png(0, 100), b"\xff\xd8" + frame(100, 0), b"\xff\xd8\xff"])
def test_大きさの読めない画像は_直し方を言って断る(data: bytes) -> None:
    assert pixels_fault("a.jpg", data) == (
        "画像「a.jpg」は壊れていて、横と縦の大きさが読めません。"
        "画像のソフトで開いて保存し直したものを、選んでください。"
    )
