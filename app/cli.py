"""命令 ``tsutawaru``。引数を確かめ、部品を組み立て、失敗を日本語の 1 文で伝える。"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from tqdm import tqdm

from accessibility.cache import Cache
from accessibility.dictionary import ReadingsError
from accessibility.narration import TrackJob
from accessibility.voices import VOICES, Voice, VoiceError
from app.inline_executor import InlineExecutor
from app.output import OutputError, recover, replacing
from app.publish import CHANNELS, Progress, Row, dictionaries, publish
from app.say import FORMATS, say
from app.settings import Settings
from content.bundle import BUNDLED, load_folder, write_folder
from content.notation import NotationError
from content.store import Store, StoreError

DONE, REFUSED, BAD_CALL, INTERRUPTED = 0, 1, 2, 130


class BadCall(Exception):
    """命令の書き方の誤り。説明は日本語の 1 文。"""


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
    except (StoreError, OutputError, VoiceError, ReadingsError) as error:
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


# publish ------------------------------------------------------------------------


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    started = time.monotonic()
    voice = _voice(options.voice)
    only = _channels(options.only)
    workers = _workers(options.workers)
    out = Path(options.out)
    with Store.open(settings.database_url) as store:
        if options.content is not None:
            folder = Path(options.content)
            if not folder.is_dir():
                raise BadCall(f"原稿のフォルダ {folder} がありません。場所を確かめてください。")
            bundle = load_folder(folder)
            dictionaries(bundle)  # 誤りがあれば、保管庫に入れる前に断る
            report = store.load(bundle)
            if report.replaced:
                print(
                    f"職員の稿に代えて、原稿フォルダの新しい稿を公開します: {_list(report.replaced)}"
                )
        elif store.is_empty():
            store.load(load_folder(BUNDLED))
        bundle = store.published()
    counts = {True: 0, False: 0}
    with (
        replacing(out) as stage,
        _executor(workers) as executor,
        tqdm(desc="音声", unit="節", disable=None, leave=False, mininterval=0) as bar,
    ):

        def begin(total: int) -> None:
            bar.reset(total)

        def step(job: TrackJob, reused: bool) -> None:
            counts[reused] += 1
            bar.update()

        rows = publish(
            bundle,
            stage,
            voice=voice,
            cache=Cache(settings.cache),
            executor=executor,
            only=only,
            progress=Progress(begin, step),
        )
    _report(rows, out)
    print(
        f"かかった時間は {time.monotonic() - started:.0f} 秒です"
        f"（音声 {counts[False]} 節を作り、{counts[True]} 節は前のものを使いました）。"
    )
    print(f"見るには、tsutawaru serve --out {out} を実行してください。")
    return DONE


def _report(rows: Sequence[Row], out: Path) -> None:
    print(f"{out.absolute()} に作りました。")
    for channel in CHANNELS:
        made = [r for r in rows if r["channel"] == channel]
        if made:
            size = sum(r["bytes"] for r in made) / 1e6
            minutes = sum(r["seconds"] or 0 for r in made) / 60
            length = f"、{minutes:.0f} 分" if minutes else ""
            print(f"  {channel:6} {len(made)} 冊  {size:.1f} MB{length}")


@contextmanager
def _executor(workers: int) -> Iterator[Executor]:
    executor: Executor = ProcessPoolExecutor(workers) if workers > 1 else InlineExecutor()
    try:
        yield executor
    finally:
        # 失敗や Ctrl-C のときに、残りの仕事を待たない。
        executor.shutdown(cancel_futures=True)


def _voice(name: str) -> Voice:
    if name not in VOICES:
        raise BadCall(f"「{name}」という声はありません。--voice には {_list(VOICES)} が使えます。")
    return VOICES[name]()


def _channels(names: str | None) -> tuple[str, ...]:
    if names is None:
        return CHANNELS
    chosen = [name.strip() for name in names.split(",")]
    for name in chosen:
        if name not in CHANNELS:
            raise BadCall(
                f"「{name}」という媒体はありません。--only には {_list(CHANNELS)} が使えます。"
            )
    return tuple(c for c in CHANNELS if c in chosen)


def _workers(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= 256):
        raise BadCall(f"--workers {text} は使えません。1 から 256 までの数にしてください。")
    return int(text)


# そのほかの命令 -------------------------------------------------------------------


def _export(options: argparse.Namespace, settings: Settings) -> int:
    folder = Path(options.folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadCall(
            f"書き出す先 {folder} は空のフォルダではありません。新しい名前を選んでください。"
        )
    with Store.open_filled(settings.database_url) as store:
        bundle = store.published()
    try:
        write_folder(bundle, folder)
    except OSError as error:
        raise OutputError(
            f"{folder} に書けません（{error.strerror}）。別の場所を選んでください。"
        ) from error
    print(f"{folder.absolute()} に {len(bundle.publications)} 冊の原稿を書き出しました。")
    return DONE


def _read(options: argparse.Namespace, settings: Settings) -> int:
    from accessibility.readings import Reader, read_line

    reader = Reader()
    for line in _standard_input():
        print(read_line(reader, line.rstrip("\n"), ruby=options.ruby))
    return DONE


def _standard_input() -> Iterator[str]:
    """UTF-8 の行。読めない文字は、止めずに「�」にする。"""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").replace("\r\n", "\n")


def _say(options: argparse.Namespace, settings: Settings) -> int:
    voice = _voice(options.voice)
    file = Path(options.output)
    if file.suffix not in FORMATS:
        raise BadCall(f"-o {file} は使えません。{_list(FORMATS)} で終わる名前にしてください。")
    seconds = say(options.text, file, voice)
    print(f"{file} に {seconds:.1f} 秒の音声を書きました。")
    return DONE


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    import uvicorn

    from app.web import create_app

    if not (options.port.isascii() and options.port.isdecimal() and int(options.port) < 65536):
        raise BadCall(f"--port {options.port} は使えません。0 から 65535 までの数にしてください。")
    out = Path(options.out).absolute()
    recover(out)
    print(
        f"http://{options.host}:{options.port}/ で {out} を見られます。止めるには Ctrl-C。",
        flush=True,
    )
    try:
        uvicorn.run(create_app(out), host=options.host, port=int(options.port), log_level="warning")
    except SystemExit as error:
        if error.code:
            return _fail(
                f"{options.host}:{options.port} で始められません。"
                "ほかのプログラムが使っていないか確かめるか、--port で別の番号にしてください。"
            )
    return DONE


# 引数 -----------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """誤りを日本語で言う。"""

    _MESSAGES = (
        (r"the following arguments are required: (.+)", "{0} がありません。"),
        (r"unrecognized arguments: (.+)", "{0} は使えません。"),
        (r"argument (\S+): expected one argument", "{0} には値が 1 つ要ります。"),
        (
            r"argument \S+: invalid choice: '?(.*?)'? \(choose from .+\)",
            "「{0}」という命令はありません。",
        ),
    )

    def error(self, message: str) -> NoReturn:
        for pattern, japanese in self._MESSAGES:
            match = re.fullmatch(pattern, message, re.S)
            if match:
                message = japanese.format(*match.groups())
                break
        raise BadCall(f"{message}{self.prog} --help で使い方が見られます。")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tsutawaru", description="一度書いた文章を、だれにでも伝わる形にします。")
    commands = parser.add_subparsers(required=True, metavar="命令", parser_class=_Parser)

    p = commands.add_parser("publish", help="すべての版を作る")
    p.add_argument(
        "content", nargs="?", metavar="原稿", help="原稿のフォルダ（なければ保管庫の中身）"
    )
    p.add_argument("--out", required=True, metavar="OUT", help="出力先のフォルダ")
    p.add_argument("--only", metavar="媒体", help=f"作る媒体（{','.join(CHANNELS)}）")
    p.add_argument("--voice", default="openjtalk", metavar="声", help=f"声（{'、'.join(VOICES)}）")
    p.add_argument("--workers", default="1", metavar="数", help="同時に働くプロセスの数")
    p.set_defaults(run=_publish)

    p = commands.add_parser("export", help="公開中の文章を原稿のフォルダに書き出す")
    p.add_argument("folder", metavar="フォルダ")
    p.set_defaults(run=_export)

    p = commands.add_parser("read", help="標準入力の行の読みを出す")
    p.add_argument("--ruby", action="store_true", help="｜漢字《かんじ》の形で出す")
    p.set_defaults(run=_read)

    p = commands.add_parser("say", help="文を声にする")
    p.add_argument("text", metavar="文")
    p.add_argument(
        "-o", "--output", required=True, metavar="ファイル", help=f"{_list(FORMATS)} のファイル"
    )
    p.add_argument("--voice", default="openjtalk", metavar="声", help=f"声（{'、'.join(VOICES)}）")
    p.set_defaults(run=_say)

    p = commands.add_parser("serve", help="できた版を見せる")
    p.add_argument("--out", default="out", metavar="OUT", help="出力先のフォルダ（ふつうは out）")
    p.add_argument("--host", default="127.0.0.1", metavar="HOST")
    p.add_argument("--port", default="8000", metavar="番号")
    p.set_defaults(run=_serve)
    return parser


def _list(names: Iterable[str]) -> str:
    return "、".join(names)


if __name__ == "__main__":
    sys.exit(main())
