"""画像の横と縦の画素の数。絵に戻さず、ファイルの始めに書かれた数だけを読む。

20 MB のファイルでも、広げると何十 GB にもなる画像が作れる。見る人の機械が止まるので、画素の数で断る。
"""

from __future__ import annotations

import struct

MAX_PIXELS = 100_000_000
"""広げると 400 MB。電話の 5000 万画素の写真も、A3 の紙を 600 dpi で読んだものも入る。"""

_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
"""大きさの書かれた JPEG の印（SOF。ITU-T T.81 の表 B.1）。"""
_ALONE = frozenset({0x00, 0x01, *range(0xD0, 0xD9)})
"""長さの付かない JPEG の印（TEM、RST、SOI）。0 は印でない。"""
_MOST_MARKS = 10_000
"""たどる印の数。大きさは、ふつう 20 ほどの印の中にある（色の表が長くても数百）。"""


def pixels_fault(name: str, data: bytes) -> str:
    """画素の数が多すぎるか、読めない画像の、直し方（日本語の文）。よければ空。"""
    width, height = picture_size(data)
    if not width * height:
        return (
            f"画像「{name}」は壊れていて、横と縦の大きさが読めません。"
            "画像のソフトで開いて保存し直したものを、選んでください。"
        )
    if width * height > MAX_PIXELS:
        return (
            f"画像「{name}」は横 {width} × 縦 {height} 画素あり、大きすぎて、見る人の機械で開けません。"
            "1 億画素（横 10000 × 縦 10000 など）までに縮めて保存したものを、選んでください。"
        )
    return ""


def picture_size(data: bytes) -> tuple[int, int]:
    """PNG か JPEG の、横と縦の画素の数。読めなければ 0。"""
    return _png(data) if data.startswith(_PNG) else _jpeg(data)


def _png(data: bytes) -> tuple[int, int]:
    """始めの IHDR に書かれている（PNG の仕様 11.2.2）。"""
    if len(data) < 24 or data[12:16] != b"IHDR":
        return 0, 0
    width, height = struct.unpack_from(">II", data, 16)
    return width, height


def _jpeg(data: bytes) -> tuple[int, int]:
    """印をたどる。写真の中の小さな見本（Exif）は、長さで飛びこす。"""
    place = len(_JPEG) if data.startswith(_JPEG) else len(data)
    for _ in range(_MOST_MARKS):
        place = data.find(b"\xff", place)  # 印の前の余分なものは、どの機械も読み飛ばす
        if place < 0 or place + 9 > len(data):
            break
        mark = data[place + 1]
        if mark in _FRAMES:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return width, height
        if mark == 0xFF:  # つめもの
            place += 1
        elif mark in _ALONE:
            place += 2
        else:
            place += 2 + int.from_bytes(data[place + 2 : place + 4])
    return 0, 0
