"""裏で進むことを、決まった秒ではなく、そうなるまで待つ。"""

from __future__ import annotations

import asyncio
from collections.abc import Callable


async def until(true: Callable[[], bool]) -> None:
    """``true`` になるまで。30 秒待っても、ならなければ失敗にする。"""
    for _ in range(600):
        if true():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("待っても、そうならない")
