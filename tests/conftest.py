"""すべての試験の共通部分: 控えの結果との比べ方、本物の出力、本物のサーバーとブラウザ。"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, expect, sync_playwright

from tests.databases import database_url, postgresql

__all__ = ["database_url", "postgresql"]

GOLDEN = Path(__file__).parent / "golden"
CHECKOUT = Path(__file__).parent.parent

# 遅い機械で時間切れの失敗をしないように、1 例ごとの時間は測らない。例はいつも同じものを使う。
hypothesis_settings.register_profile("tsutawaru", deadline=None, derandomize=True)
hypothesis_settings.load_profile("tsutawaru")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="tests/golden を今の結果に書きかえる"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """``golden(名前, 文字)``: tests/golden の控えと同じかどうか。"""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--update-golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{name} がありません。--update-golden で作ってください。"
        assert text == path.read_text(encoding="utf-8")

    return compare


class Tsutawaru:
    """本物の命令。データベースと音声の控えは、試験ごとの場所に置く。"""

    def __init__(self, home: Path, cache: Path) -> None:
        self.environment = {
            **os.environ,
            "TSUTAWARU_DATABASE_URL": f"sqlite:///{home / 'tsutawaru.db'}",
            "TSUTAWARU_CACHE": str(cache),
            "TSUTAWARU_SECRET_KEY": "試験の鍵",
        }

    def __call__(
        self, *arguments: str | Path, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *map(str, arguments)],
            input=input,
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=600,
            check=False,
        )


def files_in(folder: Path) -> dict[str, bytes]:
    """フォルダの下のすべてのファイルの、場所と中身。"""
    return {
        p.relative_to(folder).as_posix(): p.read_bytes()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


COMMAND = (sys.executable, "-m", "app")


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """この 1 度の試験の、どのプロセス（pytest-xdist）にも同じ一時フォルダ。"""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def shared_cache(common: Path) -> Path:
    """1 度の試験の間だけの、音声の控え。"""
    cache = common / "cache"
    cache.mkdir(exist_ok=True)
    return cache


@pytest.fixture
def tsutawaru(tmp_path: Path, shared_cache: Path) -> Tsutawaru:
    return Tsutawaru(tmp_path, shared_cache)


@pytest.fixture(scope="session")
def published(common: Path, shared_cache: Path) -> Path:
    """付属の計画の、本物の声によるすべての版（``make publish`` と同じ）。初めに要る者が 1 度だけ作る。"""
    home = common / "published"
    home.mkdir(exist_ok=True)
    with (home / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "out").exists():
            done = Tsutawaru(home, shared_cache)("publish", "--out", home / "out", "--workers", "2")
            assert done.returncode == 0, done.stderr
    return home / "out"


@pytest.fixture(scope="session")
def site_url(
    published: Path, shared_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """本物のサーバーのアドレス。"""
    environment = Tsutawaru(tmp_path_factory.mktemp("served"), shared_cache).environment
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = [*COMMAND, "serve", "--out", str(published), "--port", str(port)]
    server = subprocess.Popen(command, env=environment)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(1800):  # 初めは、文章のベクトルを計算する
            assert server.poll() is None
            try:
                with urllib.request.urlopen(f"{url}/health", timeout=5):
                    break
            except OSError:
                time.sleep(0.1)
        else:
            raise TimeoutError("サーバーが始まりません。")
        yield url
    finally:
        server.terminate()
        server.wait(timeout=60)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """ブラウザーの試験を終わりに回す。

    Playwright は、始めるとこのスレッドでイベントループを動かし続けるので、その後は asyncio.run が使えない。
    """
    items.sort(key=lambda item: "browser" in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian の chromium（tests/system-packages.sh が入れる）。窓のないものがあれば、軽いのでそれを使う。"""
    expect.set_options(timeout=30_000)  # 混んだ機械では、5 秒では足りないことがある
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium-headless-shell") or shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--no-first-run",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        yield browser
        browser.close()
