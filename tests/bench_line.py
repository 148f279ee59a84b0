"""LINE の入口の速さ（``python -m tests.bench_line``）。比は、並べて走らせた 4 つのサーバーの CPU 時間から。

- bare: FastAPI で署名を確かめるだけ
- ack: 本物の webhook（確かめて、受け箱に書き終えて、200）
- sample: line-bot-sdk の FastAPI の見本と同じ作りのおうむ返し（口は、始めるときに 1 つだけ作る）
- bot: 本物の webhook と働き手。会話は、探すもののない答え（見本と同じ、文字 1 つのおうむ返し）

にせの LINE は、この測る側のプロセスにあり、数えない。
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import uvicorn
from fastapi import FastAPI, HTTPException, Request

SECRET, TOKEN, KEY = (
    "secret-of-the-bench",
    "token-of-the-bench",
    b"key of the bench key of the bench",
)
ROUNDS, EVENTS, MANY = 15, 80, 8
TICK = os.sysconf("SC_CLK_TCK")


# 測られる側 -----------------------------------------------------------------------


def bare(_api: str, _database: str) -> FastAPI:
    app = FastAPI()

    @app.post("/line/webhook")
    async def webhook(request: Request) -> str:
        body = await request.body()
        digest = hmac.new(SECRET.encode(), body, hashlib.sha256).digest()
        given = request.headers["X-Line-Signature"].encode()
        if not hmac.compare_digest(base64.b64encode(digest), given):
            raise HTTPException(status_code=400)
        return "OK"

    return app


def sample(api: str, _database: str) -> FastAPI:
    from linebot.v3.messaging import (
        AsyncApiClient,
        AsyncMessagingApi,
        Configuration,
        ReplyMessageRequest,
        TextMessage,
    )
    from linebot.v3.webhook import WebhookParser
    from linebot.v3.webhooks import MessageEvent, TextMessageContent

    parser = WebhookParser(SECRET)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with AsyncApiClient(Configuration(host=api, access_token=TOKEN)) as client:
            app.state.line = AsyncMessagingApi(client)
            yield

    app = FastAPI(lifespan=lifespan)

    @app.post("/line/webhook")
    async def webhook(request: Request) -> str:
        body = (await request.body()).decode()
        for event in parser.parse(body, request.headers["X-Line-Signature"]):
            if isinstance(event, MessageEvent) and isinstance(event.message, TextMessageContent):
                said = [TextMessage(text=event.message.text)]
                reply = ReplyMessageRequest(reply_token=event.reply_token, messages=said)
                await app.state.line.reply_message(reply)
        return "OK"

    return app


def ack(_api: str, database: str) -> FastAPI:
    from bot.inbox import Inbox
    from bot.people import Keys
    from bot.webhook import router
    from content.database import open_database

    app = FastAPI()
    inbox = Inbox(open_database(database), lambda memory: memory)
    app.include_router(router(SECRET, Keys(KEY), inbox, time.time))
    return app


def bot(api: str, database: str) -> FastAPI:
    from bot.inbox import Inbox
    from bot.person import Person, forget_turns
    from bot.turn import Bubble, Incoming, Turn
    from bot.webhook import line_bot
    from content.database import open_database

    class Echo:
        def keepable(self, person: Person) -> Person:
            return person

        def turn(self, person: Person, incoming: Incoming) -> Turn:
            return Turn(person, (Bubble("text", incoming.text, incoming.text),))

    app = FastAPI()
    app.include_router(
        line_bot(
            Inbox(open_database(database), forget_turns),
            Echo(),
            secret=SECRET,
            access_token=TOKEN,
            api_base=api,
            key=KEY,
        )
    )
    return app


SERVERS = {"bare": bare, "ack": ack, "sample": sample, "bot": bot}


def serve(name: str, descriptor: str, api: str, database: str) -> None:
    app = SERVERS[name](api, database)
    uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False)).run(
        sockets=[socket.socket(fileno=int(descriptor))]
    )


@contextmanager
def running(name: str, api: str, folder: Path) -> Iterator[tuple[int, int]]:
    """サーバーのプロセスの番号と、聞いている番号。"""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        port = listener.getsockname()[1]
        fileno = str(listener.fileno())
        database = f"sqlite:///{folder / name}.db"
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench_line", name, fileno, api, database],
            pass_fds=[listener.fileno()],
        )
    try:
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(timeout=20)


# 測る側 ---------------------------------------------------------------------------


class Line:
    """返信を受け取って数えるだけの LINE。"""

    def __init__(self) -> None:
        self.replies = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        body = b'{"sentMessages":[{"id":"461230966842064897"}]}'
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        try:
            while True:
                await _skip_message(reader)
                self.replies += 1
                writer.write(head % len(body) + body)
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()


async def _skip_message(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    await reader.readexactly(length)
    return head


def request(number: int) -> bytes:
    event = {
        "type": "message",
        "message": {
            "type": "text",
            "id": f"{number:018}",
            "quoteToken": "q" * 64,
            "text": "メニュー",
        },
        "webhookEventId": f"{number:026}",
        "deliveryContext": {"isRedelivery": False},
        "timestamp": 1795318732000,
        "source": {"type": "user", "userId": f"U{number:032x}"},
        "replyToken": f"{number:032x}",
        "mode": "active",
    }
    body = json.dumps({"destination": "U" + "b" * 32, "events": [event]}).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    head = (
        "POST /line/webhook HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"X-Line-Signature: {signature}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


async def send(port: int, requests: list[bytes], at_once: int) -> None:
    async def one(mine: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for message in mine:
            writer.write(message)
            head = await _skip_message(reader)
            if b" 200 " not in head.split(b"\r\n")[0]:
                raise SystemExit(f"200 ではありません: {head!r}")
        writer.close()

    await asyncio.gather(*(one(requests[start::at_once]) for start in range(at_once)))


def cpu(pid: int) -> float:
    """プロセスのすべてのスレッドの CPU 秒（ナノ秒まで）。"""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9


async def measure(folder: Path, at_once: int) -> dict[str, list[float]]:
    line = Line()
    server = await asyncio.start_server(line.serve, "127.0.0.1", 0)
    api = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    costs: dict[str, list[float]] = {name: [] for name in SERVERS}
    number = 0
    with (
        running("bare", api, folder) as bare,
        running("ack", api, folder) as ack,
        running("sample", api, folder) as sample,
        running("bot", api, folder) as bot,
    ):
        processes = {"bare": bare, "ack": ack, "sample": sample, "bot": bot}
        for turn in range(ROUNDS + 1):
            for name, (pid, port) in processes.items():
                requests = [request(number + i) for i in range(EVENTS)]
                number += EVENTS
                replied = line.replies + (EVENTS if name in ("sample", "bot") else 0)
                before = cpu(pid)
                await send(port, requests, at_once)
                while line.replies < replied:
                    await asyncio.sleep(0.005)
                await asyncio.sleep(0.05)  # 書き終わるまで
                if turn:  # 初めの 1 回は、暖まるまで
                    costs[name].append((cpu(pid) - before) / EVENTS)
    server.close()
    return costs


def main() -> None:
    for at_once in (MANY, 1):
        with tempfile.TemporaryDirectory(prefix="tsutawaru-bench-") as name:
            costs = asyncio.run(measure(Path(name), at_once))
        cost = {name: statistics.median(values) * 1e6 for name, values in costs.items()}
        shown = "、".join(f"{name} {value:.0f} µs" for name, value in cost.items())
        print(f"LINE の事象 1 つの CPU（同時に {at_once}、{ROUNDS * EVENTS} 件ずつ）: {shown}")
        received, answered = cost["ack"] / cost["bare"], cost["bot"] / cost["sample"]
        print(f"  受け取り ÷ 署名だけの FastAPI: {received:.2f}（めざす値 2.3 以下）")
        print(f"  返信まで ÷ line-bot-sdk の見本: {answered:.2f}（めざす値 1.1 以下）")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(*sys.argv[1:])
    else:
        main()
