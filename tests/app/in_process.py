"""命令 tsutawaru を、別のプロセスを始めずに呼ぶ。

入口（``app.cli.main``）は同じ。命令を始める 1 秒や、辞書を読む数秒を、試験ごとに払わない。プロセスであることを
確かめる試験（合図、終了、端末、出力の入れかえ）は、本物のプロセス（``tests.conftest.Tsutawaru``）を使う。
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.conftest import Tsutawaru


class SameProcess(Tsutawaru):
    """``Tsutawaru`` と同じ呼び方と答え。"""

    def __call__(
        self, *arguments: str | Path, input: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        from app.cli import main

        out, error = _stream(), _stream()
        on_term = signal.getsignal(signal.SIGTERM)  # publish は、この合図の受け方を変える
        with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(error):
            for name, value in self.environment.items():
                if os.environ.get(name) != value:
                    patch.setenv(name, value)
            patch.setattr(sys, "stdin", _stream(input or ""))
            try:
                code = main([*map(str, arguments)])
            except SystemExit as stop:  # --help
                code = int(stop.code or 0)
            finally:
                signal.signal(signal.SIGTERM, on_term)
        return subprocess.CompletedProcess(arguments, code, _written(out), _written(error))


def _stream(text: str = "") -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text.encode()), "utf-8", newline="")


def _written(stream: io.TextIOWrapper) -> str:
    stream.flush()
    stream.seek(0)
    return stream.read()
