"""``bounded`` が使う別のプロセス。標準入力の資料を読み、答えを標準出力に書く。

``draft 名前 日付`` は原稿の案（JSON）を、``picture ページ`` はページの絵（PNG）を書く。
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sys
from dataclasses import asdict

from content.intake.bounded import REFUSED
from content.intake.draft import IntakeError
from content.intake.importing import read
from content.intake.pdf_readers import page_picture

_MEMORY = 2 * 1024**3


def main(what: str, *arguments: str) -> int:
    _limit_memory()
    # 部品の中には、標準出力に書くものがある。答えと混ざらないように、標準エラーに向ける。
    with os.fdopen(os.dup(1), "wb") as answer_to:
        os.dup2(2, 1)
        data = sys.stdin.buffer.read()
        try:
            answer_to.write(
                _picture(data, *arguments) if what == "picture" else _draft(data, *arguments)
            )
        except IntakeError as error:
            answer_to.write(str(error).encode())
            return REFUSED
    return 0


def _draft(data: bytes, name: str, today: str) -> bytes:
    draft = read(data, name, datetime.date.fromisoformat(today))
    return json.dumps(asdict(draft)).encode()


def _picture(data: bytes, page: str) -> bytes:
    return page_picture(data, int(page))


def _limit_memory() -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # 限りを置けない OS もある
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
