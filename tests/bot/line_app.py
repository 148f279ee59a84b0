"""試験のための、いちばん小さいボットのプロセス。言われたことを、そのまま返す。本物と違うのは会話だけ。"""

from __future__ import annotations

import os
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from bot.inbox import Inbox
from bot.person import Person, forget_turns
from bot.turn import Bubble, Feedback, Incoming, QuickReply, Turn
from bot.webhook import line_bot
from bot.worker import Policy
from content.database import open_database


class Echo:
    """「毒」で失敗し、「秘密」は何も残さず、「?」で終わる質問には答えられず、ほかはおうむ返し。"""

    def keepable(self, person: Person) -> Person:
        return person

    def turn(self, person: Person, incoming: Incoming) -> Turn:
        said = incoming.text
        if "毒" in said:
            raise RuntimeError(f"読めません: {said}")
        if "遅" in said:
            time.sleep(0.5)
        text = f"{incoming.kind}:{said}"
        bubble = Bubble("text", text, text, quick_replies=(QuickReply("1 はい", "はい"),))
        if "秘密" in said:
            return Turn(person, (bubble,), store=False)
        after = person.asking(said) if said else person
        feedback: Feedback | None = "yes" if said == "はい" else None
        return Turn(after, (bubble,), said if said.endswith("?") else None, feedback)


@dataclass(frozen=True)
class Settings:
    database: str
    secret: str
    access_token: str
    api_base: str
    port: int
    log: Path
    policy: Policy = field(default_factory=Policy)


KEY = b"key of the tests key of the tests"


def create_app(settings: Settings) -> FastAPI:
    app = FastAPI()
    app.include_router(
        line_bot(
            Inbox(open_database(settings.database), forget_turns),
            Echo(),
            secret=settings.secret,
            access_token=settings.access_token,
            api_base=settings.api_base,
            key=KEY,
            policy=settings.policy,
        )
    )

    @app.get("/health")
    async def health() -> str:
        return "ok"

    return app


def serve(settings: Settings) -> None:
    """このプロセスを、ボットのプロセスにする。言うことのすべてを ``settings.log`` に書き足す。"""
    log = os.open(settings.log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    os.dup2(log, 1)
    os.dup2(log, 2)
    config = uvicorn.Config(create_app(settings), log_level="debug", timeout_graceful_shutdown=10)
    with socket.create_server(("127.0.0.1", settings.port), backlog=256) as listener:
        uvicorn.Server(config).run(sockets=[listener])
