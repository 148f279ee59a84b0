"""``import``: PDF・Word・HTML を、原稿の案にする。"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from app.arguments import DONE, BadCall, Refused
from app.output import reason
from app.settings import Settings
from content.intake import MOST_BYTES, IntakeError, read_bounded


def run(options: argparse.Namespace, settings: Settings) -> int:
    """原稿の案を標準出力に、確かめてほしいところを 1 行ずつ標準エラーに出す。"""
    file = Path(options.file)
    if not file.is_file():
        raise BadCall(f"{file} というファイルはありません。ファイルの名前を確かめてください。")
    try:
        # 大きすぎるファイルは、全部を読む前に断れるように、1 バイトだけ多く読む。
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        draft = read_bounded(data, file.name, datetime.date.today())
    except OSError as error:
        raise Refused(
            f"{file} が読めません{reason(error)}。別のファイルを選んでください。"
        ) from error
    except IntakeError as error:
        raise Refused(str(error)) from error
    print(draft.text, end="")
    for remark in draft.remarks:
        print(remark, file=sys.stderr)
    return DONE
