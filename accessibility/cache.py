"""作ったものの控え。鍵は中身の元になったものの要約（SHA-256）なので、古い控えが使われることはない
（パソコンの声だけは、その版を言い当てられないことがある。``voices.Pyttsx3``）。

書くときは別の名前に書いてから名前を変えるので、途中で止まっても半端な控えは残らない。読むときは
中身の要約を確かめ、こわれた控えは捨てて作り直させる。長く使われない控えは ``prune`` で消す。
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_DIGEST = 32


class CacheError(Exception):
    """控えを読み書きできない。説明は日本語の 1 文。"""


def digest(*parts: object) -> str:
    """鍵。``parts`` は JSON になる値（順序も意味を持つ）。"""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Cache:
    """``folder`` の下の控え。2 つのプロセスが同じ鍵に同時に書いても、同じ中身なのでかまわない。"""

    folder: Path

    def get(self, key: str) -> bytes | None:
        path = self.path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError:
            raise self._unusable() from None
        if hashlib.sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
            path.unlink(missing_ok=True)
            return None
        _mark_used(path)
        return data[_DIGEST:]

    def put(self, key: str, data: bytes) -> None:
        self._write(self.path(key), hashlib.sha256(data).digest() + data)

    def get_json(self, key: str) -> Any | None:
        data = self.get(key)
        return None if data is None else json.loads(data)

    def put_json(self, key: str, value: object) -> None:
        self.put(key, json.dumps(value, ensure_ascii=False).encode())

    def file(self, key: str, suffix: str, expected: str) -> Path | None:
        """そのまま使えるファイルの控え。``expected`` は中身の SHA-256（16 進）。"""
        path = self.path(key).with_suffix(suffix)
        try:
            with path.open("rb") as file:
                actual = hashlib.file_digest(file, "sha256").hexdigest()
        except FileNotFoundError:
            return None
        except OSError:
            raise self._unusable() from None
        if actual != expected:
            return None
        _mark_used(path)
        return path

    def put_file(self, key: str, suffix: str, data: bytes) -> tuple[Path, str]:
        """ファイルの場所と、中身の SHA-256。"""
        path = self.path(key).with_suffix(suffix)
        self._write(path, data)
        return path, hashlib.sha256(data).hexdigest()

    def prune(self, days: float) -> None:
        """``days`` 日の間使われなかった控えと、書きかけのまま残ったファイルを消す。"""
        limit = time.time() - days * 86_400
        for path in self.folder.glob("??/*"):
            with contextlib.suppress(OSError):
                if path.stat().st_mtime < limit:
                    path.unlink()

    def path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def _write(self, path: Path, data: bytes) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=".")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(data)
                Path(name).replace(path)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError:
            raise self._unusable() from None

    def _unusable(self) -> CacheError:
        return CacheError(
            f"控えのフォルダ {self.folder} を使えません。"
            "空きと権限を確かめるか、TSUTAWARU_CACHE で別の場所を選んでください。"
        )


def _mark_used(path: Path) -> None:
    """使った印（更新の時刻）。読むことしかできない場所の控えも、そのまま使える。"""
    with contextlib.suppress(OSError):
        os.utime(path)
