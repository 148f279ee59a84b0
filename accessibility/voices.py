"""声。文を波形にする。読み（Run の words）だけを見て、日本語を解析し直すことはない。

音の部品（numpy など）は、声にするときに読み込む。変わったものがないときに、待たせないためである。
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

from accessibility.kana import mora_count
from accessibility.spoken import BREAK_POS, JOINED_POS, PAUSE_POS
from content.model import Sentence, Word

if TYPE_CHECKING:
    from pyopenjtalk.types import NJDFeature

    from accessibility.sound import Samples


class VoiceError(Exception):
    """声が使えない。説明は日本語の 1 文。"""


@dataclass(frozen=True, slots=True)
class Speech:
    """文ひとつの声。``samples`` は 1.0 を最大とする波形（超えることがある）、``rate`` は Hz。"""

    samples: Samples
    rate: int


class Voice(Protocol):
    """声の約束。別のプロセスへ渡せる、変わらない値である。

    ``id`` は声と設定を言い当てる名前（キャッシュの鍵になる）。``gain`` は音の大きさを
    そろえる倍率（測って −19 LUFS に合わせたのは Open JTalk だけ）。``credit`` は版に書く、声の作り手と
    条件。``name`` は音声の中で言う、声の名前（原稿の書き方）。
    """

    @property
    def id(self) -> str: ...
    @property
    def gain(self) -> float: ...
    @property
    def credit(self) -> str: ...
    @property
    def name(self) -> str: ...
    def at(self, speed: float) -> Self:
        """話す速さを ``speed`` 倍にした、同じ声。"""
        ...

    def speak(self, sentences: Sequence[Sentence]) -> Iterator[Speech]:
        """文を順に声にする。使えないときは ``VoiceError``。"""
        ...


@cache
def _version(package: str) -> str:
    """部品の版。調べるたびに部品の説明書を読むので、一度だけにする。"""
    from importlib.metadata import version

    return version(package)


@dataclass(frozen=True, slots=True)
class OpenJTalk:
    """Open JTalk の声「Mei」。``speed`` は話す速さ（1.0 がふつう）。"""

    speed: float = 1.0

    credit = "合成音声 Open JTalk「Mei」（名古屋工業大学 MMDAgent プロジェクトチーム、CC BY 3.0）"
    name = "｜Open《オープン》 ｜JTalk《ジェイトーク》の「｜Mei《メイ》」"
    gain = 10 ** (-1.1 / 20)  # もとの声は −17.9 LUFS
    _breath = 120
    """一息に読む語の数。これより長い文は間で分ける（合成の時間が長さの 2 乗にならないように）。"""

    @property
    def id(self) -> str:
        return f"openjtalk-mei {_version('pyopenjtalk-plus')} speed {self.speed}"

    def at(self, speed: float) -> Self:
        return replace(self, speed=self.speed * speed)

    def speak(self, sentences: Sequence[Sentence]) -> Iterator[Speech]:
        import numpy as np
        import pyopenjtalk

        for sentence in sentences:
            parts: list[Samples] = []
            rate = 48_000
            for breath in breaths(words_of(sentence), self._breath):
                labels = pyopenjtalk.make_label(njd_features(breath))
                wave, rate = pyopenjtalk.synthesize(labels, speed=self.speed)
                parts.append((wave / 32768).astype(np.float32))
            yield Speech(np.concatenate(parts) if parts else np.zeros(0, np.float32), rate)


@dataclass(frozen=True, slots=True)
class Silent:
    """音のない声。長さだけが本物らしい（ふつうの速さで 1 拍 0.12 秒）。声のいらない確かめと下書きに使う。"""

    speed: float = 1.0

    credit = "音声なし（長さだけの無音）"
    name = "音のない声"
    gain = 1.0

    @property
    def id(self) -> str:
        return f"silent 2 speed {self.speed}"

    def at(self, speed: float) -> Self:
        return replace(self, speed=self.speed * speed)

    def speak(self, sentences: Sequence[Sentence]) -> Iterator[Speech]:
        import numpy as np

        for sentence in sentences:
            words = words_of(sentence)
            morae = sum(mora_count(w.sound) for w in words if not w.is_pause)
            seconds = 0.6 + 0.12 * morae + 0.3 * sum(w.is_pause for w in words) if morae else 0
            yield Speech(np.zeros(round(seconds / self.speed * 8000), np.float32), 8000)


@dataclass(frozen=True, slots=True)
class Pyttsx3:
    """パソコンに入っている声（Windows の SAPI5、macOS、Linux の espeak-ng）。

    pyttsx3 は書けない場所や 2 つの同時の使用で黙って止まるので、子プロセスで動かし、時間を限る。
    漢字を読めない声（espeak-ng）があるので、かなで渡す。

    ``id`` は Linux の espeak-ng の版までを言い当てる。Windows と macOS の声は言い当てられないので、
    声を入れかえたら、前の音を使いまわさないように音声の控えを消す。
    """

    timeout: float = 600.0
    """ひとまとまりの文にかける時間の上限（秒）。"""

    speed: float = 1.0

    credit = "このパソコンの合成音声（pyttsx3）"
    name = "パソコン"
    gain = 1.0

    @property
    def id(self) -> str:
        voice = f"pyttsx3 {_version('pyttsx3')} {sys.platform} {_espeak_version()}".strip()
        return f"{voice} speed {self.speed}"

    def at(self, speed: float) -> Self:
        return replace(self, speed=self.speed * speed)

    def speak(self, sentences: Sequence[Sentence]) -> Iterator[Speech]:
        if not sentences:
            return
        import numpy as np

        from accessibility.sound import decode

        with tempfile.TemporaryDirectory(prefix="tsutawaru-") as folder:
            files = [Path(folder) / f"{n}.wav" for n in range(len(sentences))]
            jobs = [
                {"kana": kana_for_speech(sentence), "file": str(file), "speed": self.speed}
                for sentence, file in zip(sentences, files, strict=True)
            ]
            self._run(json.dumps([j for j in jobs if j["kana"]]))
            for job, file in zip(jobs, files, strict=True):
                if not job["kana"]:
                    yield Speech(np.zeros(0, np.float32), 22_050)
                    continue
                try:
                    samples, rate = decode(file.read_bytes())
                except (OSError, ValueError):
                    raise VoiceError(_PYTTSX3_HELP) from None
                yield Speech(samples, rate)

    def _run(self, jobs: str) -> None:
        command = [sys.executable, "-m", "accessibility.pyttsx3_child"]
        try:
            done = subprocess.run(
                command, input=jobs.encode(), capture_output=True, timeout=self.timeout, check=False
            )
        except subprocess.TimeoutExpired:
            raise VoiceError(
                f"pyttsx3 の声が {self.timeout:.0f} 秒たっても終わりません。--voice openjtalk を使ってください。"
            ) from None
        if done.returncode:
            raise VoiceError(_PYTTSX3_HELP)


def _espeak_version() -> str:
    """Linux の espeak-ng の版。なければ空。"""
    if sys.platform != "linux":
        return ""
    try:
        library = ctypes.CDLL("libespeak-ng.so.1")
    except OSError:
        return ""
    library.espeak_Info.restype = ctypes.c_char_p
    return f"espeak-ng {library.espeak_Info(None).decode()}"


_PYTTSX3_HELP = (
    "pyttsx3 で日本語の声が出せません。日本語の声（Linux では espeak-ng）を入れるか、"
    "--voice openjtalk を使ってください。"
)

VOICES: dict[str, type[OpenJTalk] | type[Pyttsx3] | type[Silent]] = {
    "openjtalk": OpenJTalk,
    "pyttsx3": Pyttsx3,
    "silent": Silent,
}


def words_of(sentence: Sentence) -> list[Word]:
    """声にする語の列。読みの辞書が「なし」とした間を除く。"""
    return [w for run in sentence.runs for w in run.words if w.pos != JOINED_POS]


def kana_for_speech(sentence: Sentence) -> str:
    """かなだけの文。間は読点にする。"""
    sound = "".join("、" if w.is_pause else w.sound for w in words_of(sentence))
    return sound.replace("’", "").strip("、")


def breaths(words: Sequence[Word], size: int) -> Iterator[Sequence[Word]]:
    """語の列を、``size`` 語を超えないように間の所で分ける。間がなければ ``size`` で切る。"""
    start = 0
    while len(words) - start > size:
        pauses = (i for i in range(start + size, start, -1) if words[i - 1].is_pause)
        end = next(pauses, start + size)
        yield words[start:end]
        start = end
    if any(not w.is_pause for w in words[start:]):
        yield words[start:]


def njd_features(words: Sequence[Word]) -> list[NJDFeature]:
    """Open JTalk の素性に戻す。ラベルは発音・アクセント・品詞だけから作られる（JPCommon）。"""
    features: list[NJDFeature] = []
    broken = False
    for word in words:
        pos = PAUSE_POS if word.is_pause else word.pos
        pos, group1, group2, group3, ctype, cform = (pos.split(",") + ["*"] * 6)[:6]
        features.append(
            {
                "string": word.sound,
                "pos": pos or "名詞",
                "pos_group1": group1,
                "pos_group2": group2,
                "pos_group3": group3,
                "ctype": ctype,
                "cform": cform,
                "orig": "*",
                "read": word.sound.replace("’", ""),
                "pron": word.sound,
                "acc": word.accent,
                "mora_size": 0 if word.is_pause else mora_count(word.sound),
                "chain_rule": "*",
                # 辞書の間の後は、新しいアクセント句になる。
                "chain_flag": int(word.chained and not broken) if features else -1,
                "is_reading_protected": False,
                "is_reading_rewritten": False,
            }
        )
        broken = word.pos == BREAK_POS
    return features
