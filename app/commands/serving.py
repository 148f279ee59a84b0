"""``tsutawaru serve``: できた版を見せ、質問に答える。"""

from __future__ import annotations

import argparse
import socket
import sys
from pathlib import Path

from app.arguments import DONE, Refused, count
from app.manifest import MANIFEST
from app.output import recover
from app.settings import Settings


def run(options: argparse.Namespace, settings: Settings) -> int:
    import uvicorn

    from app.web import create_app

    host, port = options.host, count(options.port, "--port", 65535, 0)
    out = Path(options.out).resolve()
    recover(out)
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        raise Refused(
            f"{host} の {port} 番で始められません。ほかのプログラムが使っていないか、"
            "--host と --port を確かめてください。"
        ) from error
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
