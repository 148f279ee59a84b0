"""部屋の、公開中の文章の版を、このプロセスで作る。"""

from __future__ import annotations

from accessibility.cache import Cache
from accessibility.voices import Silent
from app.output import Stage
from app.publish import publish
from app.workers import InlineExecutor
from content.store import Store
from tests.app.console.room import Room


def build(room: Room, *only: str) -> None:
    """``only`` の媒体の版。なければ、音声の版だけ。"""
    with Store.open(room.settings.database_url) as store:
        publish(
            store.published(),
            Stage(room.out, room.out),
            voice=Silent(),
            cache=Cache(room.settings.cache),
            executor=InlineExecutor(),
            only=only or ("audio",),
            sounds=store.sound,
        )
