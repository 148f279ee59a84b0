"""出力先（OUT）。となりの作業場に新しいフォルダを作り、すべてできてから入れかえる。

途中で止まっても、前の出力はそのまま残る。入れかえの一瞬に止まったときは、次に開くときに直す。
作業場は、ほかに使われない名前（``.OUT.tsutawaru``）にする。利用者のフォルダを消さないためである。
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from app.manifest import MANIFEST
from channels.edition import Content

_REASONS = {
    errno.ENOSPC: "空きがありません",
    errno.EACCES: "書く権限がありません",
    errno.EPERM: "書く権限がありません",
    errno.EROFS: "読むことしかできない場所です",
    errno.ENOTDIR: "途中にフォルダではないものがあります",
    errno.ENOENT: "途中のフォルダがありません",
    errno.EISDIR: "同じ名前のフォルダがあります",
    errno.EEXIST: "同じ名前のファイルがあります",
}


class OutputError(Exception):
    """出力先に書けない。説明は日本語の 1 文。"""


class Busy(OutputError):
    """いま、ほかの命令が書いている。"""


def reason(error: OSError) -> str:
    """書けない訳。分からなければ空。"""
    known = _REASONS.get(error.errno or 0)
    return f"（{known}）" if known else ""


@dataclass(frozen=True, slots=True)
class Stage:
    """作りかけの出力。``out`` は入れかえる先。"""

    folder: Path
    out: Path

    def write(self, folder: str, files: Mapping[str, Content]) -> dict[str, Path]:
        """``folder`` の下に書き、名前ごとの書いた場所を返す。"""
        written = {name: self.folder / folder / name for name in files}
        with _writing(self.out):
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
    """``with`` を無事に抜けたときにだけ、``out`` を新しい中身に入れかえる。``out`` は絶対の場所。"""
    _refuse_own_ground(out)
    work = _work(out)
    new = work / "new"
    with _writing(out), _locked(out) as lock:
        if lock is None:
            raise Busy(
                f"出力先 {out} には、いま別の tsutawaru publish が書いています。終わるまで待ってください。"
            )
        _recover(out)
        _refuse_foreign(out)
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        try:
            with _passing_on():
                yield Stage(new, out)
            if out.exists():
                out.rename(work / "old")
            new.rename(out)
        finally:
            shutil.rmtree(new, ignore_errors=True)
            _recover(out)


def recover(out: Path) -> None:
    """入れかえの途中で止まった出力を、前の中身に戻す。いま書いている最中なら、何もしない。"""
    if _work(out).is_dir():
        with contextlib.suppress(OSError), _locked(out) as lock:
            if lock is not None:
                _recover(out)


def _recover(out: Path) -> None:
    old = _work(out) / "old"
    if old.is_dir() and not out.exists():
        old.rename(out)
    shutil.rmtree(old, ignore_errors=True)


def _work(out: Path) -> Path:
    return out.with_name(f".{out.name}.tsutawaru")


@contextmanager
def _locked(out: Path) -> Iterator[FileLock | None]:
    """作業場を作って鍵をかける。ほかの命令が使っていれば ``None``。"""
    work = _work(out)
    work.mkdir(parents=True, exist_ok=True)
    lock = FileLock(work / "lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        yield None
        return
    try:
        yield lock
    finally:
        lock.release()
        if not (work / "old").exists():
            shutil.rmtree(work, ignore_errors=True)


class _Passed(Exception):
    """``with`` の中で起きた失敗。出力先の失敗とまちがえないように包む。"""


@contextmanager
def _passing_on() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise _Passed from error


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    """出力先に書くときの失敗だけを、出力先の失敗として言う。"""
    try:
        yield
    except _Passed as error:
        assert error.__cause__ is not None
        raise error.__cause__ from None
    except OSError as error:
        raise OutputError(
            f"出力先 {out} に書けません{reason(error)}。"
            "空きと権限を確かめるか、--out で別の場所を選んでください。"
        ) from error


def _refuse_own_ground(out: Path) -> None:
    """いまいる場所や、その上を丸ごと入れかえることはできない。"""
    if Path.cwd().is_relative_to(out.resolve()):
        raise OutputError(
            f"出力先 {out} は、いまいるフォルダか、その上のフォルダです。--out で別の場所を選んでください。"
        )


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
