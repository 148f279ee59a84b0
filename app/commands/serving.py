"""``tsutawaru serve``: できた版を見せ、質問に答え、職員の画面を出す。"""

from __future__ import annotations

import argparse
import logging
import socket
import sys
from dataclasses import replace
from pathlib import Path

from app.arguments import DONE, Refused, count
from app.manifest import MANIFEST
from app.output import recover
from app.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> int:
    """質問に答える用意（索引）ができてから、接続を受け付ける。"""
    import uvicorn

    from app.service import service

    host, port = options.host, count(options.port, "--port", 65535, 0)
    out = Path(options.out).resolve()
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    with _bound(host, port) as listener:
        recover(out)
        address = f"http://{host}:{listener.getsockname()[1]}"
        if settings.line is not None and not settings.base_url:
            settings = replace(settings, base_url=address)
            print(
                f"TSUTAWARU_BASE_URL がないので、LINE に送るリンクは {address} で始まり、音声は送れません。"
                "住民に公開するときは、https:// で始まるこのサイトの場所を入れてください。",
                file=sys.stderr,
            )
        app = service(settings, out)
        print(f"{address}/ で {out} を、{address}/chat で会話を使えます。止めるには Ctrl-C。")
        print(f"職員の画面は {address}/staff です。")
        if settings.line is not None:
            print(f"LINE の Webhook URL は {settings.base_url}/line/webhook です。")
        if not (out / MANIFEST).exists():
            print("まだ何も公開していません。tsutawaru publish で作ると、すぐに見られます。")
        sys.stdout.flush()
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        server.run(sockets=[listener])
    return DONE


def _bound(host: str, port: int) -> socket.socket:
    """場所を取るだけで、まだ受け付けない（受け付けるのは uvicorn が始めてから）。"""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio は、TCP と明かしたソケットだけを、ためずに送るようにする（ためると、1 ページに 40 ミリ秒かかる）。
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise Refused(
            f"{host} の {port} 番で始められません。ほかのプログラムが使っていないか、"
            "--host と --port を確かめてください。"
        ) from error
    return listener
