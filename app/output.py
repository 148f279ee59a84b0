"""出力先（OUT）。となりに新しいフォルダを作り、すべてできてから入れかえる。

途中で止まっても、前の出力はそのまま残る。入れかえの一瞬に止まったときは、次に開くときに直す。
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from channels.edition import Content

MANIFEST = "manifest.json"


class OutputError(Exception):
    """出力先に書けない。説明は日本語の 1 文。"""


@dataclass(frozen=True, slots=True)
class Stage:
    """作りかけの出力。"""

    folder: Path

    def write(self, folder: str, files: Mapping[str, Content]) -> dict[str, Path]:
        """``folder`` の下に書き、名前ごとの書いた場所を返す。"""
        written = {name: self.folder / folder / name for name in files}
        for name, content in files.items():
            path = written[name]
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(content, bytes):
                path.write_bytes(content)
            else:
                shutil.copyfile(content, path)
        return written


@contextmanager
def replacing(out: Path) -> Iterator[Stage]:
    """``with`` を無事に抜けたときにだけ、``out`` を新しい中身に入れかえる。"""
    out = out.absolute()
    new = out.with_name(out.name + ".new")
    lock = FileLock(out.with_name(out.name + ".lock"))
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        _refuse_foreign(out)
        with lock.acquire(blocking=False):
            recover(out)
            shutil.rmtree(new, ignore_errors=True)
            new.mkdir()
            try:
                yield Stage(new)
                _switch(out, new)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    except Timeout:
        raise OutputError(
            f"出力先 {out} には、いま別の tsutawaru publish が書いています。終わるまで待ってください。"
        ) from None
    except OSError as error:
        raise OutputError(
            f"出力先 {out} に書けません（{error.strerror or error}）。"
            "空きと権限を確かめるか、--out で別の場所を選んでください。"
        ) from error


def recover(out: Path) -> None:
    """入れかえの途中で止まった出力を、前の中身に戻す。"""
    old = _old(out)
    if old.is_dir() and not out.exists():
        old.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _switch(out: Path, new: Path) -> None:
    old = _old(out)
    if out.exists():
        out.rename(old)
    new.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _old(out: Path) -> Path:
    return out.with_name(out.name + ".old")


def _refuse_foreign(out: Path) -> None:
    """ほかの目的のフォルダを消してしまわないように、自分の出力か空のフォルダだけを入れかえる。"""
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise OutputError(
            f"出力先 {out} はフォルダではありません。--out で別の場所を選んでください。"
        )
    if out.is_dir() and not (out / MANIFEST).exists() and any(out.iterdir()):
        raise OutputError(
            f"出力先 {out} には、この製品が作ったのではないファイルがあります。"
            "消さないように、--out で空の場所を選んでください。"
        )
