"""命令 ``tsutawaru``。引数を確かめ、部品を組み立て、失敗を日本語の 1 文で伝える。"""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NoReturn

from tqdm import tqdm

from accessibility.cache import Cache, CacheError
from accessibility.dictionary import ReadingsError
from accessibility.readings import Reader, read_line
from accessibility.voices import VOICES, Voice, VoiceError
from app.manifest import MANIFEST, Row
from app.output import OutputError, reason, recover, replacing
from app.publish import prune, publish
from app.readers import dictionaries, readers
from app.say import FORMATS, say
from app.settings import Settings, SettingsError
from app.slots import CHANNELS, Part, Progress
from app.workers import workers
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
    except (
        StoreError,
        OutputError,
        CacheError,
        VoiceError,
        ReadingsError,
        SettingsError,
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


# publish ------------------------------------------------------------------------


def _publish(options: argparse.Namespace, settings: Settings) -> int:
    started = time.monotonic()
    # 止める合図（systemd の停止、kill）も Ctrl-C と同じに扱い、前の出力を残す。
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    voice = _voice(options.voice)
    only = _channels(options.only)
    count = _workers(options.workers)
    out = Path(options.out).resolve()
    folder = Path(options.content) if options.content is not None else None
    if folder is not None and not folder.is_dir():
        raise BadCall(f"{folder} という原稿のフォルダはありません。場所を確かめてください。")
    counts: Counter[tuple[Part, bool]] = Counter()
    cache = Cache(settings.cache)
    with replacing(out) as stage, Store.open(settings.database_url) as store:
        _load(store, folder)
        bar = tqdm(desc="音声と版", total=0, disable=None, leave=False, mininterval=0)

        def expect(count: int) -> None:
            bar.total = (bar.total or 0) + count
            bar.refresh()

        def step(part: Part, reused: bool) -> None:
            counts[part, reused] += 1
            bar.set_postfix_str(f"{counts['版', True]} 版は前のまま", refresh=False)
            bar.update()

        with workers(count) as executor, bar:
            rows = publish(
                store.published(),
                stage,
                voice=voice,
                cache=cache,
                executor=executor,
                only=only,
                progress=Progress(expect, step),
            )
        vanished = _vanished(out, rows)
    if counts["版", False]:
        prune(cache)
    _report(rows, out)
    if vanished:
        print(f"前の出力にあった {_list(vanished)} は、--only で選ばなかったので、なくなりました。")
    print(
        f"かかった時間は {time.monotonic() - started:.0f} 秒です"
        f"（版は {_made(counts, '版')}。音声の節は {_made(counts, '節')}）。"
    )
    if "web" in only:
        print(f"見るには、tsutawaru serve --out {options.out} を実行してください。")
    return DONE


def _made(counts: Counter[tuple[Part, bool]], part: Part) -> str:
    return f"{counts[part, False]} を作り、{counts[part, True]} は前のものを使いました"


def _load(store: Store, folder: Path | None) -> None:
    """原稿のフォルダを保管庫に入れる。フォルダがなく、保管庫が空なら、付いてくる計画を入れる。"""
    if folder is None:
        if store.is_empty():
            store.load(load_folder(BUNDLED))
        return
    bundle = load_folder(folder)
    dictionaries(bundle)  # 誤りがあれば、保管庫に入れる前に断る
    report = store.load(bundle)
    if report.replaced:
        print(f"職員の稿に代えて、原稿フォルダの新しい稿を公開します: {_list(report.replaced)}")
    given = {(p.id, p.register) for p in bundle.publications}
    published = {(p.id, p.register) for p in store.published().publications}
    if others := sorted(f"{id}（{register}）" for id, register in published - given):
        print(f"原稿フォルダにはないが、保管庫にあって公開するもの: {_list(others)}")


def _vanished(out: Path, rows: Sequence[Row]) -> list[str]:
    """前の出力にあって、今度の出力にない媒体。"""
    try:
        before = json.loads((out / MANIFEST).read_bytes())["editions"]
    except (OSError, ValueError, KeyError):
        return []
    return sorted({str(r["channel"]) for r in before} - {r["channel"] for r in rows})


def _report(rows: Sequence[Row], out: Path) -> None:
    print(f"{out} に作りました。")
    for channel in CHANNELS:
        made = [r for r in rows if r["channel"] == channel]
        if made:
            size = sum(r["bytes"] for r in made) / 1e6
            minutes = sum(r["seconds"] or 0 for r in made) / 60
            length = f"、{minutes:.0f} 分" if minutes else ""
            print(f"  {channel:6} {len(made)} 冊  {size:.1f} MB{length}")


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
            f"{folder} に書けません{reason(error)}。別の場所を選んでください。"
        ) from error
    print(f"{folder.absolute()} に {len(bundle.publications)} 冊の原稿を書き出しました。")
    return DONE


def _read(options: argparse.Namespace, settings: Settings) -> int:
    reader = _reader(options.council, settings)
    for line in _standard_input():
        print(read_line(reader, line.rstrip("\n"), ruby=options.ruby))
    return DONE


def _reader(council: str | None, settings: Settings) -> Reader:
    """``council`` の辞書で読むもの。``None`` なら、どの社協の辞書も使わない。"""
    if council is None:
        return Reader()
    with Store.open_filled(settings.database_url) as store:
        known = readers(store.published())
    if council not in known:
        raise BadCall(
            f"「{council}」という社協はありません。--council には {_list(known)} が使えます。"
        )
    return known[council]


def _standard_input() -> Iterator[str]:
    """UTF-8 の行。読めない文字は、止めずに「�」にする。"""
    for line in sys.stdin.buffer:
        yield line.decode("utf-8", "replace").replace("\r\n", "\n")


def _say(options: argparse.Namespace, settings: Settings) -> int:
    voice = _voice(options.voice)
    file = Path(options.output)
    if file.suffix not in FORMATS:
        raise BadCall(f"-o {file} は使えません。{_list(FORMATS)} で終わる名前にしてください。")
    seconds = say(options.text, file, voice, _reader(options.council, settings))
    print(f"{file} に {seconds:.1f} 秒の音声を書きました。")
    return DONE


def _serve(options: argparse.Namespace, settings: Settings) -> int:
    import uvicorn

    from app.web import create_app

    host, port = options.host, options.port
    if not (port.isascii() and port.isdecimal() and int(port) < 65536):
        raise BadCall(f"--port {port} は使えません。0 から 65535 までの数にしてください。")
    out = Path(options.out).resolve()
    recover(out)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, int(port)), family=family)
    except OSError:
        return _fail(
            f"{host} の {port} 番で始められません。ほかのプログラムが使っていないか、"
            "--host と --port を確かめてください。"
        )
    with listener:
        print(
            f"http://{host}:{listener.getsockname()[1]}/ で {out} を見られます。止めるには Ctrl-C。"
        )
        if not (out / MANIFEST).exists():
            print("まだ何も公開していません。tsutawaru publish で作ると、すぐに見られます。")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(create_app(out), log_level="warning"))
        server.run(sockets=[listener])
    return DONE


# 引数 -----------------------------------------------------------------------------


class _Parser(argparse.ArgumentParser):
    """説明も誤りも日本語で言う。"""

    _MESSAGES = (
        (
            r"the following arguments are required: 文.*",
            "文がありません。「-」で始まる文の前には -- を書いてください。",
        ),
        (r"the following arguments are required: (.+)", "{0} がありません。"),
        (r"unrecognized arguments: (.+)", "{0} は使えません。"),
        (r"argument (\S+): expected one argument", "{0} には値が 1 つ要ります。"),
        (
            r"argument \S+: invalid choice: '?(.*?)'? \(choose from .+\)",
            "「{0}」という命令はありません。",
        ),
    )

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings, add_help=False, allow_abbrev=False, formatter_class=_Help)
        # argparse の見出しは英語で、変える公の方法がない。
        self._positionals.title, self._optionals.title = "引数", "オプション"
        self.add_argument("-h", "--help", action="help", help="この説明を出す")

    def error(self, message: str) -> NoReturn:
        said = "命令の書き方が違います。"
        for pattern, japanese in self._MESSAGES:
            match = re.fullmatch(pattern, message, re.S)
            if match:
                said = japanese.format(*match.groups())
                break
        raise BadCall(f"{said}{self.prog} --help で使い方が見られます。")


class _Help(argparse.HelpFormatter):
    def add_usage(
        self, usage: str | None, actions: Any, groups: Any, prefix: str | None = None
    ) -> None:
        super().add_usage(usage, actions, groups, "使い方: ")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="tsutawaru", description="一度書いた文章を、だれにでも伝わる形にします。")
    commands = parser.add_subparsers(
        required=True, metavar="命令", title="命令", parser_class=_Parser
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
    p.set_defaults(run=_publish)

    p = commands.add_parser("export", help="公開中の文章を原稿のフォルダに書き出す")
    p.add_argument("folder", metavar="フォルダ", help="新しいフォルダの名前")
    p.set_defaults(run=_export)

    p = commands.add_parser("read", help="標準入力の行の読みを出す")
    p.add_argument("--ruby", action="store_true", help="｜漢字《かんじ》の形で出す")
    p.add_argument("--council", metavar="社協", help=council)
    p.set_defaults(run=_read)

    p = commands.add_parser("say", help="文を声にする")
    p.add_argument("text", metavar="文", help="ふりがなの書き方（｜漢字《かんじ》）も使える")
    p.add_argument(
        "-o", "--output", required=True, metavar="ファイル", help=f"{_list(FORMATS)} のファイル"
    )
    p.add_argument("--voice", default="openjtalk", metavar="声", help=voices)
    p.add_argument("--council", metavar="社協", help=council)
    p.set_defaults(run=_say)

    p = commands.add_parser("serve", help="できた版を見せる")
    p.add_argument("--out", default="out", metavar="OUT", help="出力先のフォルダ（ふつうは out）")
    p.add_argument(
        "--host", default="127.0.0.1", metavar="HOST", help="アドレス（ふつうは 127.0.0.1）"
    )
    p.add_argument("--port", default="8000", metavar="番号", help="番号（ふつうは 8000）")
    p.set_defaults(run=_serve)
    return parser


def _list(names: Iterable[str]) -> str:
    return "、".join(names)
