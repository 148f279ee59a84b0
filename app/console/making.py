"""版を作る子のプロセスの仕事。``tsutawaru publish`` を原稿なしで使うのと同じ。"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from app.output import Busy
from app.slots import Part, Progress
from app.workers import InlineExecutor, obey_parent

LOG = logging.getLogger(__name__)

Result = Literal["done", "failed", "busy"]
"""できた、できなかった、ほかの命令が同じ所に書いている。"""

_POLITE = 10
"""画面と会話に、機械をゆずる（nice の値）。"""


@dataclass(frozen=True, slots=True)
class Place:
    """どこの文章から、どの声で、どこに作るか。``voice`` は ``VOICES`` の名前。

    ``base_url`` は、フィードのリンクの頭。
    """

    database_url: str
    out: Path
    cache: Path
    voice: str
    base_url: str


@dataclass(frozen=True, slots=True)
class Said:
    """子の知らせ。``words`` は画面に出す文。``result`` は、作っている間は ``None``。"""

    words: str
    done: int = 0
    total: int = 0
    result: Result | None = None


Say = Callable[[Said], None]
Work = Callable[[Place, Say], Said]
"""子のプロセスの仕事。様子を知らせ、終わりの知らせを返す。"""


def child(work: Work, place: Place, parent: int, pipe: Connection) -> None:
    """子のプロセスの入口。``parent`` は親の番号。失敗は日本語の文にして送る。"""
    obey_parent(parent)
    os.nice(_POLITE)
    try:
        pipe.send(_finished(work, place, pipe.send))
    except BrokenPipeError:  # 親が、突然いなくなった
        os._exit(1)


def _finished(work: Work, place: Place, say: Say) -> Said:
    from accessibility.cache import CacheError
    from accessibility.dictionary import ReadingsError
    from accessibility.voices import VoiceError
    from app.output import OutputError
    from content.database import StoreError
    from content.problems import NotationError

    try:
        return work(place, say)
    except Busy as error:
        return Said(str(error), result="busy")
    except (
        CacheError, NotationError, OutputError, ReadingsError, StoreError, VoiceError,
    ) as error:  # fmt: skip
        return Said(f"{error} 見えているページは、前の公開のままです。", result="failed")
    except BrokenPipeError:
        raise
    except Exception:
        LOG.exception("版を作れませんでした")
        return Said(
            "こちらの不具合で作れませんでした。見えているページは、前の公開のままです。"
            "システムの担当に知らせてください。",
            result="failed",
        )


def make(place: Place, say: Say) -> Said:
    """公開中のすべての版を作り、``place.out`` を一度に入れかえる。"""
    from accessibility.cache import Cache
    from accessibility.voices import VOICES
    from app.output import replacing
    from app.publish import prune, publish
    from content.store import Store

    steps = _Steps(say)
    cache = Cache(place.cache)
    with replacing(place.out) as stage, Store.open(place.database_url) as store:
        publish(
            store.published(),
            stage,
            voice=VOICES[place.voice](),
            cache=cache,
            executor=InlineExecutor(),
            progress=Progress(steps.expect, steps.step),
            sounds=store.sound,
            base_url=place.base_url,
        )
        steps.say("できた版に入れかえています")
    made, reused = steps.counts["版", False], steps.counts["版", True]
    if made:
        prune(cache)
    return steps.said(f"版を {made} 作り、変わらない {reused} はそのまま使いました。", "done")


class _Steps:
    """できた数を数え、知らせる。"""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._total = 0
        self.counts: Counter[tuple[Part, bool]] = Counter()
        self.say("公開する文章を読んでいます")

    def expect(self, count: int) -> None:
        self._total += count
        self.say("変わったものを調べています")

    def step(self, part: Part, reused: bool) -> None:
        self.counts[part, reused] += 1
        self.say("音声を作っています" if part == "節" else "版を作っています")

    def say(self, words: str) -> None:
        self._say(self.said(words))

    def said(self, words: str, result: Result | None = None) -> Said:
        return Said(words, self.counts.total(), self._total, result)
