"""pyttsx3 を動かす子プロセス。標準入力の ``[{"kana", "file", "speed"}]`` を、1 つずつファイルにする。

1 つの ``runAndWait`` の前に 2 つの ``save_to_file`` を置くと最後しか書かれないので、毎回作り直す。
Linux の声（espeak）は別のスレッドで書き、``runAndWait`` は書き終わる前に戻ることがあるので、終わりの知らせを待つ。
"""

from __future__ import annotations

import json
import sys
import threading
from pathlib import Path
from typing import Any


def main() -> int:
    import pyttsx3

    for job in json.load(sys.stdin):
        engine = pyttsx3.init()
        voice = japanese_voice(engine.getProperty("voices"))
        if voice is None:
            return 1
        engine.setProperty("voice", voice)
        engine.setProperty("rate", round(engine.getProperty("rate") * job["speed"]))
        written = threading.Event()
        engine.connect("finished-utterance", lambda written=written, **_: written.set())
        engine.save_to_file(job["kana"], job["file"])
        engine.runAndWait()
        if sys.platform == "linux":
            written.wait()  # 待つ長さの限りは、親が決める
        if not Path(job["file"]).is_file():
            return 1
    return 0


def japanese_voice(voices: list[Any]) -> str | None:
    """日本語の声の id。言語の書き方は、システムごとに違う（b"\\x05ja"、"ja_JP"、名前だけ）。"""
    for voice in voices:
        languages = [
            x.decode("ascii", "ignore") if isinstance(x, bytes) else str(x)
            for x in voice.languages or []
        ]
        names = [*languages, str(voice.id), str(voice.name)]
        if any(
            n.strip("\x05").lower().replace("_", "-").split("-")[0] in ("ja", "jpx/ja")
            for n in languages
        ) or any(word in " ".join(names).lower() for word in ("japanese", "ja-jp", "ja_jp")):
            return str(voice.id)
    return None


if __name__ == "__main__":
    sys.exit(main())
