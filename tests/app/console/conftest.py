"""職員の画面の試験の共通部分。"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.console.editions import build
from tests.app.console.room import Room


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path)
    with made.serving():
        yield made


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """部屋の初めの文章の、音声の版を作ったときの控え。"""
    first = Room(tmp_path_factory.mktemp("kept"))
    build(first)
    first.engine.dispose()
    return first.settings.cache


@pytest.fixture
def warm(room: Room, kept: Path) -> Room:
    """まだ公開していないが、控えのある部屋。控えは写しなので、ほかの試験からは変わらない。"""
    shutil.copytree(kept, room.settings.cache)
    return room


@pytest.fixture
def published(warm: Room) -> Room:
    """音声の版を公開した部屋。"""
    build(warm)
    return warm
