"""版を作る子のプロセスの仕事の代わり。

別のプロセスで走るので、子はこのモジュールを読み込む。だから、試験の道具の重いものはここに入れない。
"""

from __future__ import annotations

import os
import signal
import time

from app.console.making import Place, Said, Say
from app.output import replacing

GO = "go"


def quick(place: Place, say: Say) -> Said:
    return Said("できました。", 2, 2, "done")


def killed(place: Place, say: Say) -> Said:
    say(Said("音声を作っています", 1, 2))
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def broken(place: Place, say: Say) -> Said:
    raise RuntimeError("秘密の中身")


def halfway(place: Place, say: Say) -> Said:
    """入れかえの 2 つの rename の間で、突然止まる。"""
    with replacing(place.out):
        place.out.rename(place.out.with_name(f".{place.out.name}.tsutawaru") / "old")
        os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def patient(place: Place, say: Say) -> Said:
    """合図のファイルができるまで待つ。"""
    say(Said(f"{os.getpid()}", 1, 2))
    while not (place.cache / GO).exists():
        time.sleep(0.05)
    return Said("できました。", 2, 2, "done")
