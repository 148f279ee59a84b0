"""この製品の中身を言い当てる要約。プログラム、ひな形、部品の版のどれかが変われば変わる。"""

from __future__ import annotations

import hashlib
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from app.settings import CHECKOUT

_PACKAGES = ("accessibility", "app", "channels", "content")
"""版の中身を決めるもの。bot は、できた版から答えるだけである。"""

_PLANS = CHECKOUT / "content" / "plans"
"""原稿はプログラムではない（保管庫に入ってから版になる）。"""


def product_digest() -> str:
    """64 字の要約（16 進）。同じ原稿と同じ要約からは、1 バイトも違わない版ができる。"""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}\n".encode())
    for name in _installed():
        digest.update(f"{name}\n".encode())
    for path in _sources():
        data = path.read_bytes()
        digest.update(f"{path.relative_to(CHECKOUT).as_posix()} {len(data)}\n".encode())
        digest.update(data)
    return digest.hexdigest()


def _installed() -> list[str]:
    """入っている部品の名前と版（``jinja2-3.1.6.dist-info``）。"""
    folders = (Path(place) for place in dict.fromkeys(sys.path) if place)
    return sorted(
        entry.name
        for folder in folders
        if folder.is_dir()
        for entry in folder.iterdir()
        if entry.name.endswith(".dist-info")
    )


def _sources() -> Iterator[Path]:
    for package in _PACKAGES:
        for path in sorted((CHECKOUT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and _PLANS not in path.parents:
                yield path
