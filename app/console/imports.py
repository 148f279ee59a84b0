"""取り込んでいる資料。確かめる間（1 日）、もとのファイルと、読んだ結果と、ページの絵を置いておく。"""

from __future__ import annotations

import contextlib
import datetime
import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from app.console.tokens import NewToken, new_token
from app.console.words import local
from content.database import Clock
from content.intake import Draft, IntakeError, Remark, page_picture, read_bounded

_KEPT = datetime.timedelta(days=1)
_WAIT = 90
_KEY = re.compile(r"[A-Za-z0-9_-]{20,64}")
_RECORD, _SOURCE = "record.json", "source"


@dataclass(frozen=True, slots=True)
class Imported:
    """取り込んだ資料ひとつ。``key`` は当てられない名前。``owner`` は取り込んだ人。

    ``saved`` は、下書きにした文章の id（まだなら空）。
    """

    key: str
    name: str
    owner: str
    council: str
    at: datetime.datetime
    draft: Draft
    saved: str = ""


class Imports:
    """``folder`` に置く。資料は 1 つずつ、別のプロセスで読む（``content.intake``）。"""

    def __init__(self, folder: Path, now: Clock, new_token: NewToken = new_token) -> None:
        self._folder, self._now, self._new_token = folder, now, new_token

    def add(self, data: bytes, name: str, owner: str, council: str) -> Imported:
        """読んで、置く。読めなければ ``IntakeError``（何も置かない）。1 日を過ぎたものは消す。"""
        now = self._now()
        today = datetime.date.fromisoformat(local(now)[:10])
        with self._turn():
            self._clean()
            draft = read_bounded(data, name, today)
            found = Imported(self._new_token(), name, owner, council, now, draft)
            home = self._folder / found.key
            home.mkdir(mode=0o700)
            (home / _SOURCE).write_bytes(data)
            self._write(found)
        return found

    def save(self, imported: Imported, subject: str) -> None:
        """文章 ``subject`` の下書きにした。"""
        self._write(replace(imported, saved=subject))

    def find(self, key: str, owner: str, council: str) -> Imported | None:
        """その人がその社協に取り込んだもの。なければ（1 日を過ぎたものも）``None``。"""
        found = self._read(self._folder / key) if _KEY.fullmatch(key) else None
        if found is None or (found.owner, found.council) != (owner, council):
            return None
        return found

    def recent(self, owner: str, council: str) -> tuple[Imported, ...]:
        """その人がその社協に取り込んだもの。新しい順。"""
        return tuple(i for i in self.all_of(owner) if i.council == council)

    def all_of(self, owner: str) -> tuple[Imported, ...]:
        """その人が取り込んだもののすべて。新しい順。"""
        found = (i for i in map(self._read, self._homes()) if i and i.owner == owner)
        return tuple(sorted(found, key=lambda i: (i.at, i.key), reverse=True))

    def picture(self, imported: Imported, page: int) -> bytes:
        """PDF のページ（1 から）の絵（PNG）。描けなければ ``IntakeError``。"""
        home = self._folder / imported.key
        path = home / f"page-{page}.png"
        if not path.exists():
            with self._turn():
                data = page_picture((home / _SOURCE).read_bytes(), page)
            self._place(path, data)
        return path.read_bytes()

    def _write(self, imported: Imported) -> None:
        record = json.dumps(asdict(imported) | {"at": imported.at.isoformat()}, ensure_ascii=False)
        self._place(self._folder / imported.key / _RECORD, record.encode())

    def _place(self, path: Path, data: bytes) -> None:
        """途中まで書いたものを、ほかの人に読ませない。"""
        part = path.with_suffix(f".{self._new_token()}")
        part.write_bytes(data)
        part.replace(path)

    def _read(self, home: Path) -> Imported | None:
        try:
            record = json.loads((home / _RECORD).read_text(encoding="utf-8"))
            at = datetime.datetime.fromisoformat(record.pop("at"))
            draft = record.pop("draft")
            remarks = tuple(Remark(**remark) for remark in draft["remarks"])
            found = Imported(**record, at=at, draft=Draft(draft["text"], remarks, draft["pages"]))
        except (OSError, ValueError, KeyError, TypeError):
            # 途中で止まったものか、前のプログラムが置いたもの
            return None
        return found if self._now() - at < _KEPT else None

    def _homes(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return sorted(p for p in self._folder.iterdir() if _KEY.fullmatch(p.name))

    def _clean(self) -> None:
        for home in self._homes():
            if self._read(home) is None:
                shutil.rmtree(home, ignore_errors=True)

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """1 つずつ。重い資料がいくつ来ても、公開しているページの邪魔をしない。"""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            with FileLock(self._folder / ".lock", timeout=_WAIT):
                yield
        except Timeout as error:
            raise IntakeError(
                "ほかの資料を取り込んでいます。少し待ってから、もう一度してください。"
            ) from error
