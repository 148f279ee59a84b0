"""にせの LINE の HTTP の入口。要求を 1 つずつ ``Api`` に渡し、頼まれたとおりに壊れる。"""

from __future__ import annotations

import json
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.line_platform.api import MAX_REQUEST, Api
from tests.line_platform.wire import Reply, Request


class Server:
    def __init__(self, api: Api) -> None:
        self._stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"api": api, "stopping": self._stopping})
        self._http = _Http(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._http.shutdown()
            self._thread.join()
        self._http.server_close()


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request: Any, client_address: Any) -> None:
        # 相手が先に切ったのは、にせの LINE の誤りではない。
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    api: ClassVar[Api]
    stopping: ClassVar[threading.Event]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # 見出しと本文を 1 度に送る

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, MAX_REQUEST + 1))
        parts = urlsplit(self.path)
        path, query = parts.path, dict(parse_qsl(parts.query))
        headers = {k.lower(): v for k, v in self.headers.items()}
        request = Request(self.command, path, headers, body, query)
        fault = self.api.faults.take(path)
        if fault is None:
            self._answer(request, self.api.handle(request))
            return
        self.stopping.wait(fault.delay)
        reply = None
        if fault.accepted or (fault.status is None and not fault.drop):
            reply = self.api.handle(request)
        if fault.drop:
            self._cut(request)
        elif fault.status is not None:
            text = fault.body or json.dumps({"message": f"Injected fault {fault.status}"})
            self._answer(request, Reply(fault.status, text.encode(), headers=fault.headers))
        elif reply is not None:
            self._answer(request, reply)

    do_GET = do_POST = do_DELETE = _serve

    def _answer(self, request: Request, reply: Reply) -> None:
        self.api.note(request, reply.status, reply.body)
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(reply.body)
        self.wfile.flush()

    def _cut(self, request: Request) -> None:
        self.api.note(request, 0)
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: Any) -> None:
        """試験の画面に、要求の行を出さない。"""
