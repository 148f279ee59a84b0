"""アプリケーションの試験に共通の道具。"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.in_process import SameProcess


@pytest.fixture
def here(tmp_path: Path, shared_cache: Path) -> SameProcess:
    """この同じプロセスの中の命令。"""
    return SameProcess(tmp_path, shared_cache)
