"""設定: 環境変数と、鍵のファイル。"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from app.settings import Line, Settings, SettingsError


def test_何も決めなければ手元の場所を使い_LINEは使わない() -> None:
    settings = Settings.from_environment({})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.line is None and settings.base_url == ""


def test_LINEの鍵と相手() -> None:
    settings = Settings.from_environment(
        {
            "LINE_CHANNEL_SECRET": "s",
            "LINE_CHANNEL_ACCESS_TOKEN": "t",
            "LINE_API_BASE": "http://127.0.0.1:1/",
            "TSUTAWARU_BASE_URL": "https://example.jp/",
        }
    )
    assert settings.line == Line("s", "t", "http://127.0.0.1:1")
    assert settings.base_url == "https://example.jp"


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"LINE_CHANNEL_SECRET": "s"}, "LINE_CHANNEL_ACCESS_TOKEN"),
        ({"LINE_CHANNEL_ACCESS_TOKEN": "t"}, "LINE_CHANNEL_SECRET"),
        ({"TSUTAWARU_BASE_URL": "example.jp"}, "TSUTAWARU_BASE_URL"),
    ],
)
def test_足りないものや使えないものは名前を言って断る(
    environment: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingsError, match=named):
        Settings.from_environment(environment)


def test_鍵は一度だけ作り_自分だけが読める(tmp_path: Path) -> None:
    settings = replace(Settings.from_environment({}), key_file=tmp_path / "var" / "key")
    key = settings.secret_key()
    assert len(key) == 32
    assert settings.secret_key() == key
    assert (tmp_path / "var" / "key").stat().st_mode & 0o777 == 0o600
    assert [p.name for p in (tmp_path / "var").iterdir()] == ["key"]
    assert replace(settings, key_file=tmp_path / "other").secret_key() != key
    named = [replace(settings, key=name).secret_key() for name in ("秘密", "秘密", "別")]
    assert named[0] == named[1] != named[2] and len(named[2]) == 32


def test_こわれた鍵のファイルは使わない(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"\n")
    settings = replace(Settings.from_environment({}), key_file=tmp_path / "key")
    with pytest.raises(SettingsError, match="TSUTAWARU_SECRET_KEY"):
        settings.secret_key()
