"""途中の事故: kill -9、いっぱいのディスク、読むことしかできないフォルダ。前の出力は、いつでもひとそろい残る。"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from app.output import recover
from tests.conftest import COMMAND, Tsutawaru, files_in

SENTENCES = "社協は、みんなで福祉を進めます。相談は電話でできます。"


def manuscript(folder: Path, *chapters: str) -> Path:
    """``chapters`` を章とする原稿のフォルダ。"""
    home = folder / "plans" / "tesuto"
    home.mkdir(parents=True, exist_ok=True)
    (home / "council.yaml").write_text("名称: テスト社協\n", encoding="utf-8")
    body = "\n".join(f"# 章 {n} {{#c{n}}}\n\n{text}\n" for n, text in enumerate(chapters))
    (home / "plan.md").write_text(
        "---\n表題: 計画\n発行: テスト社協\n計画: 計画\n日付: 2026-04-01\n出典: 試験\n---\n\n"
        + body,
        encoding="utf-8",
    )
    return folder / "plans"


@pytest.mark.slow
def test_いつkillされても前の出力か新しい出力がひとそろい残り_次は続きから作る(
    tsutawaru: Tsutawaru, tmp_path: Path
) -> None:
    """始めてすぐ、音、版、出力を作っている間、入れかえるころに、``kill -9``。"""
    cache, out = tmp_path / "cache", tmp_path / "out"
    new = tmp_path / ".out.tsutawaru" / "new"
    tsutawaru.environment["TSUTAWARU_CACHE"] = str(cache)
    command = [*COMMAND, "publish", str(tmp_path / "plans"), "--out", str(out), "--voice", "silent"]
    chance = random.Random(20261122)

    def sounds() -> int:
        return len(list(cache.glob("??/*.m4a")))

    def editions() -> int:
        return len(list((cache / "editions").glob("??/*")))

    def written() -> int:
        return len(list(new.rglob("*")))

    def all_written() -> int:
        return int((new / "manifest.json").exists())

    manuscript(tmp_path, SENTENCES)
    whole = [_published(tsutawaru, tmp_path)]
    killed = 0
    rounds: list[list[tuple[Callable[[], int], int]]] = [
        [(lambda: 0, 0), (sounds, 4)],
        [(editions, 3), (written, 9)],
        [(all_written, 1), (all_written, 1)],
    ]
    for number, moments in enumerate(rounds):
        manuscript(tmp_path, *(f"{SENTENCES}{number}の{n}です。" for n in range(12)))
        for progress, more in moments:
            until = progress() + more
            process = subprocess.Popen(
                command,
                env=tsutawaru.environment,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
            )
            time.sleep(chance.uniform(0.1, 0.6))
            while process.poll() is None and progress() < until:
                time.sleep(0.002)
            time.sleep(chance.uniform(0, 0.03))
            killed += process.poll() is None
            with suppress(ProcessLookupError):  # 先に終わった
                os.killpg(process.pid, 9)
            process.wait()
            recover(out)  # serve や次の publish が、始めにすること
            if files_in(out) not in whole:  # 新しい出力なら、終わりまで作ったものと同じはず
                assert files_in(out) == _published(tsutawaru, tmp_path)
        whole = [whole[-1], _published(tsutawaru, tmp_path)]
        assert files_in(out) == whole[-1]
    assert killed >= 3, killed
    tsutawaru.environment["TSUTAWARU_CACHE"] = str(tmp_path / "another")
    assert _published(tsutawaru, tmp_path) == whole[-1]  # 控えのない、はじめからの出力と同じ


def _published(tsutawaru: Tsutawaru, tmp_path: Path) -> dict[str, bytes]:
    done = tsutawaru("publish", tmp_path / "plans", "--out", tmp_path / "out", "--voice", "silent")
    assert done.returncode == 0, done.stderr
    return files_in(tmp_path / "out")


@pytest.mark.slow
def test_killされた後は作った音声を使う(tsutawaru: Tsutawaru, tmp_path: Path) -> None:
    tsutawaru.environment["TSUTAWARU_CACHE"] = str(tmp_path / "cache")
    manuscript(tmp_path, *(f"{SENTENCES}{n}回。" for n in range(14)))
    publish = ("publish", str(tmp_path / "plans"), "--out", str(tmp_path / "out"))
    process = subprocess.Popen([*COMMAND, *publish], env=tsutawaru.environment)
    while len(list((tmp_path / "cache").glob("??/*.m4a"))) < 3:
        time.sleep(0.02)
        assert process.poll() is None
    process.kill()
    process.wait()
    made = len(list((tmp_path / "cache").glob("??/*.m4a")))
    done = tsutawaru(*publish, "--only", "audio")
    assert done.returncode == 0, done.stderr
    said = re.search(r"音声の節は (\d+) を作り、(\d+) は前のもの", done.stdout)
    assert said and 2 <= int(said[2]) <= made and int(said[1]) > 0


# ほかから見えないマウントのもとで動く。引数は、場所、いっぱいにするもの、事故の種類。
ACCIDENT = """
import os, subprocess, sys
from pathlib import Path
from tests.app.test_accidents import SENTENCES, manuscript
from tests.conftest import files_in

home, place, accident = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
disk = home / "disk"
disk.mkdir()
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "none", disk], check=True)
out = (disk if place == "out" else home) / "out"
if place == "cache":
    os.environ["TSUTAWARU_CACHE"] = str(disk / "cache")
command = [sys.executable, "-m", "app", "publish", home / "plans", "--out", out]

def publish():
    return subprocess.run([*command, "--voice", "silent"], capture_output=True, text=True)

first = publish()
assert first.returncode == 0, first.stderr
before = files_in(out)
if accident == "readonly":
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    if place == "cache":  # 変わらなければ、読むことしかできない控えでも作れる
        assert publish().returncode == 0
manuscript(home, *(SENTENCES + str(n) for n in range(16)))
second = publish()
assert second.returncode == 1, second.stdout
assert files_in(out) == before
print(second.stderr, end="")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "accident", "message"),
    [
        ("out", "full", "空きがありません"),
        ("out", "readonly", "読むことしかできない"),
        ("cache", "full", "控えのフォルダ"),
        ("cache", "readonly", "控えのフォルダ"),
    ],
)
def test_いっぱいのディスクや書けない場所なら_前の出力を残して日本語の1文で言う(
    tsutawaru: Tsutawaru, tmp_path: Path, place: str, accident: str, message: str
) -> None:
    manuscript(tmp_path, SENTENCES)
    done = _on_own_mounts(tsutawaru, ACCIDENT, tmp_path, place, accident)
    assert done.returncode == 0, done.stderr
    assert message in done.stdout
    assert done.stdout.count("\n") == 1


def _on_own_mounts(
    tsutawaru: Tsutawaru, script: str, *arguments: object
) -> subprocess.CompletedProcess[str]:
    """``script`` を、ほかから見えないマウントのもとで動かす（root でなくてもよい）。"""
    alone = (
        ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]
    )
    return subprocess.run(
        [*alone, sys.executable, "-c", script, *map(str, arguments)],
        env=tsutawaru.environment,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
