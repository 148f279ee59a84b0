"""LINE の契約なしで、ボットと話してみる。本物の ``tsutawaru serve`` と、にせの LINE を動かす。

``python -m tests.line_platform [--out OUT]``。打った行が、友だちになったばかりの住民の言葉になる。
標準入力が端末でなくてもよい（1 行が 1 つの言葉）。データベースはその場かぎりのもので、付属の計画が入る。
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from channels.line_menu import install_menu
from tests.line_platform.platform import LinePlatform
from tests.line_platform.resident import Event, Resident

CHECKOUT = Path(__file__).parent.parent.parent
START, ANSWER = 120.0, 30.0
HELP = """\
画面の下のメニュー: {menu}
文章を打って Enter を押すと、ボットが答えます。番号（1、2 …）や、ボタンの言葉も打てます。
/スタンプ /写真 /声 /位置 で、文字でないものも送れます。終わるには /終わり（または Ctrl-D）。"""
GESTURES: dict[str, Callable[[Resident], Event]] = {
    "/スタンプ": Resident.sticker,
    "/写真": Resident.image,
    "/声": Resident.audio,
    "/位置": Resident.location,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """終了コード（0 終わった、1 ボットが始まらないか、答えない）。"""
    parser = argparse.ArgumentParser(prog="python -m tests.line_platform", description=__doc__)
    parser.add_argument(
        "--out", default="out", help="tsutawaru publish で作ったもの（音声とページ）"
    )
    out = Path(parser.parse_args(arguments).out).resolve()
    print("ボットを始めています。しばらくお待ちください。", flush=True)
    with tempfile.TemporaryDirectory() as home, LinePlatform() as line:
        try:
            with bot(line, Path(home), out) as webhook:
                install_menu(line.access_token, line.base_url)
                return talk(line, webhook, _typed())
        except KeyboardInterrupt:
            return 0
        except TimeoutError as error:
            print(error, file=sys.stderr)
            return 1


@contextmanager
def bot(line: LinePlatform, home: Path, out: Path) -> Iterator[str]:
    """本物のボットのプロセス。webhook の URL。始まらなければ ``TimeoutError``。"""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        **line.environment,
        "TSUTAWARU_BASE_URL": url,
        # 本物の窓口が同じ受け箱を使うと、住民の言葉を本物の LINE に返そうとしてしまう。
        "TSUTAWARU_DATABASE_URL": f"sqlite:///{home / 'demo.db'}",
        "TSUTAWARU_SECRET_KEY": "key of the demonstration, forgotten at its end",
        "NO_PROXY": "127.0.0.1",
    }
    command = [sys.executable, "-m", "app", "serve", "--out", str(out), "--port", str(port)]
    process = subprocess.Popen(command, env=environment, cwd=CHECKOUT, stdout=subprocess.DEVNULL)
    try:
        _wait_until_ready(process, url)
        yield f"{url}/line/webhook"
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("ボットが始まりません。上に出ている説明を確かめてください。")


def talk(line: LinePlatform, webhook: str, said: Iterable[str], patience: float = ANSWER) -> int:
    """友だちになり、``said`` を 1 行ずつ話す。終わりに友だちをやめる（ボットは覚えたことを消す）。

    ``patience`` 秒のうちに返事がなければ ``TimeoutError``。
    """
    hanako = line.resident("川崎 花子")
    menu = line.default_menu or {"areas": ()}
    labels = [area["action"]["label"] for area in menu["areas"]]
    explanation = HELP.format(menu="".join(f"［{label}］" for label in labels))
    print(explanation, flush=True)
    seen = _exchange(line, webhook, hanako, hanako.follow(), 0, patience)
    for words in (text.strip() for text in said):
        if words == "/終わり":
            break
        if words.startswith("/") and words not in GESTURES:
            print(explanation, flush=True)
        elif words:
            event = GESTURES[words](hanako) if words in GESTURES else hanako.text(words)
            seen = _exchange(line, webhook, hanako, event, seen, patience)
    line.deliver(webhook, hanako.unfollow())
    return 0


def _exchange(
    line: LinePlatform, webhook: str, who: Resident, event: Event, seen: int, patience: float
) -> int:
    """事象を送り、返事を画面に出す。これまでに届いた数を返す。"""
    started = time.monotonic()
    status = line.deliver(webhook, event).status
    if status != 200:
        raise TimeoutError(f"ボットが受け取りません（HTTP {status}）。")
    try:
        received = line.replies(who, wait_for=seen + 1, timeout=patience)
    except TimeoutError:
        refused = [call.answer for call in line.calls if call.status >= 400]
        raise TimeoutError(f"返事がありません。LINE が断ったもの: {refused or 'なし'}") from None
    for message in received[seen:]:
        print("\nつたわる:", *shown(message.message), sep="\n  ")
    print(f"\n（{time.monotonic() - started:.1f} 秒）", flush=True)
    return len(received)


def shown(message: Mapping[str, Any]) -> list[str]:
    """メッセージを、端末の行に。"""
    lines: list[str] = []
    match message["type"]:
        case "text":
            lines += message["text"].split("\n")
        case "audio":
            seconds = message["duration"] / 1000
            lines.append(f"音声 {seconds:.1f} 秒: {message['originalContentUrl']}")
        case "flex":
            for block in ("body", "footer"):
                for content in message["contents"][block]["contents"]:
                    lines += _component(content)
    quick = message.get("quickReply", {}).get("items", ())
    if quick:
        lines.append("".join(f"［{item['action']['label']}］" for item in quick))
    return lines


def _component(content: Mapping[str, Any]) -> list[str]:
    if content["type"] == "text":
        return str(content["text"]).split("\n")
    action = content["action"]
    return [f"［{action['label']}］" + (f" {action['uri']}" if "uri" in action else "")]


def _typed() -> Iterator[str]:
    """打たれた行。端末でなければ、読んだ行を画面にも出す。"""
    prompt = "あなた: "
    terminal = sys.stdin.isatty()
    while True:
        if terminal:
            print(prompt, end="", flush=True)
        line = sys.stdin.readline()
        if not line:
            return
        if not terminal:
            print(f"{prompt}{line.rstrip()}", flush=True)
        yield line
