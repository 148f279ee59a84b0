"""作ったものの控え。"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accessibility.cache import Cache, CacheError, digest


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


def test_入れたものが出てくる(cache: Cache) -> None:
    key = digest("a")
    assert cache.get(key) is None
    cache.put(key, b"sound")
    assert cache.get(key) == b"sound"
    cache.put_json(key, {"長さ": 1.5})
    assert cache.get_json(key) == {"長さ": 1.5}


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 40])
def test_こわれた控えは使わずに捨てる(cache: Cache, damage: bytes) -> None:
    key = digest("a")
    cache.put(key, b"sound")
    cache.path(key).write_bytes(damage)
    assert cache.get(key) is None
    assert not cache.path(key).exists()


def test_1バイトでも変わったファイルは使わない(cache: Cache) -> None:
    key = digest("a")
    path, expected = cache.put_file(key, ".mp3", b"sound")
    assert cache.file(key, ".mp3", expected) == path
    path.write_bytes(b"sounD")
    assert cache.file(key, ".mp3", expected) is None


def test_書けないときに半端なファイルを残さない(cache: Cache, tmp_path: Path) -> None:
    key = digest("a")
    cache.path(key).mkdir(parents=True)  # 名前を変える先がフォルダなので、書き込みは失敗する
    with pytest.raises(CacheError, match="TSUTAWARU_CACHE"):
        cache.put(key, b"sound")
    assert [p for p in (tmp_path / "cache").rglob("*") if p.is_file()] == []


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_鍵は中身が違えば違う(one: list[str], other: list[str]) -> None:
    assert (digest(*one) == digest(*other)) == (one == other)
