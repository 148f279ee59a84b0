"""本物のデータベース: いつも SQLite、この機械に PostgreSQL があれば PostgreSQL でも。"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest


def _postgresql() -> Path | None:
    """PostgreSQL のプログラムのあるフォルダ。Debian は PATH に置かない。"""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    return folders[-1] if folders else None


DATABASES = ("sqlite", "postgresql") if _postgresql() else ("sqlite",)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """この試験だけのサーバー。ネットワークには出ず、一時フォルダのソケットだけで話す。"""
    programs = _postgresql()
    assert programs is not None
    # PostgreSQL は root では動かない。root なら、何の権限もない利用者として動かす。
    as_nobody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
    account = as_nobody if os.geteuid() == 0 else {}
    home = Path(tempfile.mkdtemp(prefix="tsutawaru-pg-"))
    if account:
        shutil.chown(home, "nobody", "nogroup")
    data = home / "data"
    options = ("-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    subprocess.run(
        [programs / "initdb", "-D", data, *options],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd=home,
        **account,
    )
    server = subprocess.Popen(
        [programs / "postgres", "-D", data, "-k", home, "-F", "-c", "listen_addresses="],
        stderr=subprocess.DEVNULL,
        cwd=home,
        **account,
    )
    try:
        ready = [programs / "pg_isready", "-q", "-h", home]
        for _ in range(200):
            if subprocess.run(ready, check=False).returncode == 0:
                break
            time.sleep(0.05)
        yield f"postgresql://tester@/{{database}}?host={home}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        shutil.rmtree(home)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """まだ何もないデータベース。"""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'var' / 'tsutawaru.db'}"
    server: str = request.getfixturevalue("postgresql")
    name = re.sub(r"\W", "_", tmp_path.name)  # 試験ごとに違う
    with psycopg.connect(server.format(database="postgres"), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return server.format(database=name)
