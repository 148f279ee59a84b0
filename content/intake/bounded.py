"""資料を、時間とメモリーを限った別のプロセスで読む。

壊れた資料は、読み取りの部品（C++ と Rust）を落とすことも、止まらなくすることもある。そのときも、
呼んだ側（コンソールなど）は無事で、1 文の説明を受け取る。部品がスレッドを許さないことも問題にならない。
"""

from __future__ import annotations

import datetime
import json
import subprocess
import sys

from content.intake.draft import Draft, IntakeError, Remark
from content.intake.importing import check

_SECONDS = 60
REFUSED = 3
"""断った子のプロセスの終了コード。説明は標準出力にある。"""


def read_bounded(data: bytes, name: str, today: datetime.date, seconds: int = _SECONDS) -> Draft:
    """資料ひとつを原稿の案にする。``name`` はもとのファイルの名前、``today`` は原稿の日付。

    取り込めないものは ``IntakeError``（種類、大きさ、パスワード、壊れている、文字がない、``seconds``
    秒を過ぎた、途中で落ちた）。同じ資料と同じ日からは、同じ案ができる。
    """
    check(data, name)
    answer = json.loads(_ask(data, name, seconds, "draft", name, today.isoformat()))
    remarks = tuple(Remark(**remark) for remark in answer["remarks"])
    return Draft(answer["text"], remarks, answer["pages"])


def page_picture(data: bytes, page: int, seconds: int = _SECONDS) -> bytes:
    """PDF の 1 ページの絵（PNG）。``page`` は 1 から。読めなければ ``IntakeError``。"""
    return _ask(data, "この PDF", seconds, "picture", str(page))


def _ask(data: bytes, name: str, seconds: int, *arguments: str) -> bytes:
    command = [sys.executable, "-m", "content.intake", *arguments]
    try:
        done = subprocess.run(
            command, input=data, capture_output=True, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise IntakeError(
            f"{name} は {seconds} 秒かけても読めませんでした。資料を分けて取り込んでください。"
        ) from error
    if done.returncode == REFUSED:
        raise IntakeError(done.stdout.decode())
    if done.returncode:
        raise IntakeError(
            f"{name} を読む途中で止まりました。もとのソフトでもう一度保存するか、資料を分けて取り込んでください。"
        )
    return done.stdout
