"""端末の LINE（make line-demo）。"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from channels import line as messages
from tests.line_platform import LinePlatform
from tests.line_platform.demo import CHECKOUT, shown, talk


def test_メッセージを端末の行にする() -> None:
    (audio,) = messages.audio("https://x.jp/a.m4a", 9040, "聞く", [("1 くわしく", "くわしく")])
    assert shown(audio) == ["音声 9.0 秒: https://x.jp/a.m4a", "［1 くわしく］"]
    (card,) = messages.card("一行目\n二行目", [("開く", "https://x.jp/")])
    assert shown(card) == ["一行目", "二行目", "［開く］ https://x.jp/"]
    (choices,) = messages.choices("どれですか", [("1 サロン", "サロン")])
    assert shown(choices) == ["どれですか", "［1 サロン］"]
    (text,) = messages.text("こんにちは", [("1 はい", "はい"), ("2 いいえ", "いいえ")])
    assert shown(text) == ["こんにちは", "［1 はい］［2 いいえ］"]


def test_返事がなければ_待ち続けずに言う(webhook: Any) -> None:
    with LinePlatform() as line, pytest.raises(TimeoutError, match="返事がありません"):
        talk(line, webhook[0], ["こんにちは"], patience=0.2)


@pytest.mark.slow
def test_打った言葉に_本物のボットが答える(
    tmp_path: Path, shared_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TSUTAWARU_CACHE", str(shared_cache))  # 人の控えには書かない
    said = "メニュー\n音声版はどこですか\n3\n/スタンプ\n/終わり\n言わない\n"
    command = [sys.executable, "-m", "tests.line_platform", "--out", str(tmp_path)]
    done = subprocess.run(
        command, input=said, capture_output=True, text=True, cwd=CHECKOUT, timeout=300, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "画面の下のメニュー: ［質問する］［音声で聞く］" in done.stdout
    greeting, menu, answer, more, sticker = re.split(r"（[0-9.]+ 秒）", done.stdout)[:5]
    assert "お名前や病気のことは書かないでください" in greeting
    assert "［1 質問する］" in menu
    assert "あなた: 音声版はどこですか" in answer
    assert "音声" in answer.split("つたわる:", 1)[1]
    assert "つたわる:" in more
    assert "スタンプをありがとうございます" in sticker
    assert "言わない" not in done.stdout
