"""命令 ``tsutawaru``。引数を確かめ、部品を組み立て、失敗を日本語の 1 文で伝える。"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from concurrent.futures.process import BrokenProcessPool

from accessibility.cache import CacheError
from accessibility.dictionary import ReadingsError
from accessibility.voices import VOICES, VoiceError
from app.arguments import BAD_CALL, DONE, INTERRUPTED, REFUSED, BadCall, Parser, Refused, listed
from app.commands import answers, checking, importing, line, publishing, serving, staff, texts
from app.output import OutputError
from app.say import FORMATS
from app.settings import Settings, SettingsError
from app.slots import CHANNELS
from content.model import REGISTERS
from content.notation import NotationError
from content.store import StoreError


def main(arguments: Sequence[str] | None = None) -> int:
    """命令を実行し、終了コードを返す（0 できた、1 できない、2 書き方の誤り）。"""
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options, Settings.from_environment()))
    except BadCall as error:
        return _fail(str(error), BAD_CALL)
    except NotationError as error:
        count = len(error.problems)
        return _fail(
            f"{error}\n原稿に誤りが {count} つあるので、何も変えていません。直してください。"
        )
    except (
        StoreError,
        OutputError,
        CacheError,
        VoiceError,
        ReadingsError,
        SettingsError,
        Refused,
    ) as error:
        return _fail(str(error))
    except BrokenProcessPool:
        return _fail(
            "音声を作る処理が途中で止められました（メモリー不足かもしれません）。"
            "前の出力は残っています。もう一度実行すると、続きから作ります。"
        )
    except BrokenPipeError:
        # 読み手（head など）が先に終わった。終わるときの書き出しで、もう一度失敗しないようにする。
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except KeyboardInterrupt:
        return _fail(
            "途中で止めました。前の出力は残っています。もう一度実行すると、続きから作ります。",
            INTERRUPTED,
        )


def _fail(message: str, code: int = REFUSED) -> int:
    print(message, file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = Parser(prog="tsutawaru", description="一度書いた文章を、だれにでも伝わる形にします。")
    commands = parser.add_subparsers(
        required=True, metavar="命令", title="命令", parser_class=Parser
    )
    voices = f"声（{'、'.join(VOICES)}）"
    council = "読みの辞書を使う社協（kawasaki など）"

    p = commands.add_parser("publish", help="すべての版を作る")
    p.add_argument(
        "content", nargs="?", metavar="原稿", help="原稿のフォルダ（なければ保管庫の中身）"
    )
    p.add_argument("--out", required=True, metavar="OUT", help="出力先のフォルダ")
    p.add_argument("--only", metavar="媒体", help=f"作る媒体（{','.join(CHANNELS)}）")
    p.add_argument("--voice", default="openjtalk", metavar="声", help=voices)
    p.add_argument("--workers", default="1", metavar="数", help="同時に働くプロセスの数")
    p.set_defaults(run=publishing.run)

    p = commands.add_parser("export", help="公開中の文章を原稿のフォルダに書き出す")
    p.add_argument("folder", metavar="フォルダ", help="新しいフォルダの名前")
    p.set_defaults(run=texts.export)

    p = commands.add_parser("import", help="PDF・Word・HTML から、原稿の案を作る")
    p.add_argument("file", metavar="ファイル", help="名前が .pdf .docx .html で終わるファイル")
    p.set_defaults(run=importing.run)

    p = commands.add_parser("read", help="標準入力の行の読みを出す")
    p.add_argument("--ruby", action="store_true", help="｜漢字《かんじ》の形で出す")
    p.add_argument("--council", metavar="社協", help=council)
    p.set_defaults(run=texts.read)

    p = commands.add_parser("say", help="文を声にする")
    p.add_argument("text", metavar="文", help="ふりがなの書き方（｜漢字《かんじ》）も使える")
    p.add_argument(
        "-o", "--output", required=True, metavar="ファイル", help=f"{listed(FORMATS)} のファイル"
    )
    p.add_argument("--voice", default="openjtalk", metavar="声", help=voices)
    p.add_argument("--council", metavar="社協", help=council)
    p.set_defaults(run=texts.say)

    p = commands.add_parser("check", help="やさしい日本語かどうかを調べる")
    p.add_argument(
        "file", nargs="?", default="-", metavar="ファイル", help="原稿か文章（「-」なら標準入力）"
    )
    p.add_argument("--json", action="store_true", help="JSON で出す")
    p.add_argument(
        "--lines", action="store_true", help="1 行に 1 つの点だけを出す（高いほどやさしい）"
    )
    p.set_defaults(run=checking.check)

    p = commands.add_parser("ask", help="公開中の計画から、質問に答える")
    p.add_argument(
        "question", metavar="質問", help="「-」なら、標準入力の 1 行ごとに答える（JSON）"
    )
    p.add_argument(
        "--register", default="standard", metavar="文章", help=f"引く文章（{','.join(REGISTERS)}）"
    )
    p.add_argument("--json", action="store_true", help="JSON で出す")
    p.set_defaults(run=answers.ask)

    p = commands.add_parser("rank", help="文章を、質問に近い順に並べる")
    p.add_argument("--passages", required=True, metavar="ファイル", help='{"id","text"} の行')
    p.add_argument("--queries", required=True, metavar="ファイル", help='{"id","text"} の行')
    p.add_argument("-k", default="10", metavar="数", help="並べる数（ふつうは 10）")
    p.set_defaults(run=answers.rank)

    p = commands.add_parser("line", help="LINE の公式アカウントを用意する")
    p.add_argument("what", metavar="menu", help="menu（トーク画面のメニューを入れる）")
    p.set_defaults(run=line.run)

    p = commands.add_parser("staff", help="職員のアカウントを作る（初めの管理者など）")
    p.add_argument("what", metavar="add", help="add（アカウントを作る）")
    p.add_argument("name", metavar="名前", help="ログインの名前")
    p.add_argument(
        "--role",
        required=True,
        metavar="役割",
        help="writer、reviewer、administrator、proofreader のどれか",
    )
    p.add_argument(
        "--password-stdin", action="store_true", help="パスワードを標準入力の 1 行めから読む"
    )
    p.set_defaults(run=staff.run)

    p = commands.add_parser("serve", help="できた版を見せる")
    p.add_argument("--out", default="out", metavar="OUT", help="出力先のフォルダ（ふつうは out）")
    p.add_argument(
        "--host", default="127.0.0.1", metavar="HOST", help="アドレス（ふつうは 127.0.0.1）"
    )
    p.add_argument("--port", default="8000", metavar="番号", help="番号（ふつうは 8000）")
    p.set_defaults(run=serving.run)
    return parser
