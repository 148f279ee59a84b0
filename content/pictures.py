"""画像のファイル。名前、大きさ、形式の決まり。"""

from __future__ import annotations

import re

MAX_BYTES = 20 * 1024 * 1024

_NAME = re.compile(r"[^/\\.][^/\\]*\.(?P<extension>png|jpe?g)", re.I)
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"


def is_picture_name(name: str) -> bool:
    """フォルダをまたがない、PNG か JPEG の名前か。"""
    return _NAME.fullmatch(name) is not None


def picture_fault(name: str, data: bytes | None) -> str | None:
    """画像の誤り（日本語の文）。なければ ``None``。``data`` が ``None`` なら、ファイルがない。"""
    match = _NAME.fullmatch(name)
    if not match:
        return f"画像「{name}」の名前は、map.png や map.jpg のように、フォルダを付けずに書いてください。"
    if data is None:
        return (
            f"画像「{name}」が見つからないか、読めません。"
            "PNG か JPEG のファイルを、画面から加えるか、原稿と同じフォルダに置いてください。"
        )
    if len(data) > MAX_BYTES:
        return f"画像「{name}」が大きすぎます。{MAX_BYTES // 1024 // 1024} MB までに小さくしてください。"
    is_png = match["extension"].lower() == "png"
    if not data.startswith(_PNG if is_png else _JPEG):
        kind = "PNG" if is_png else "JPEG"
        return f"画像「{name}」の中身が {kind} ではありません。名前の終わりに合う形式で保存してください。"
    return None
