"""公開の前に、文を聞く。求められたときに声にして、控えに残す。

読みを付けるもの（Open JTalk）と声は、呼び出しごとに自分で順番を待つので、ほかの入口（会話）といっしょに使える。
声にする間も、ほかの仕事は進む。
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from accessibility.kana import DEVOICED, sound_moras, spelling_to_sound
from app.console.previewing import spans
from content.model import Register, Run, Sentence

if TYPE_CHECKING:
    from pathlib import Path

    from accessibility.cache import Cache
    from accessibility.voices import Voice

_VERSION = 1
"""音の作り方を変えたら 1 つ増やす（古い控えを使わないため）。"""
_UNACCENTED = "ーッン"
"""声の下がり目を置けない拍（声は、前の拍に移して話す）。"""
_FOLLOWING = 3
"""語を聞くときに、後に続けて聞く部分の数。アクセントは、続く助詞で聞き分ける。"""


def sound_of(sentence: Sentence, register: Register, voice: Voice, cache: Cache) -> Path:
    """読みの付いた文の MP3。公開する音声と同じ声、速さ、大きさ。"""
    from accessibility import sound
    from accessibility.cache import digest
    from accessibility.manner import MANNERS
    from accessibility.voices import words_of

    manner = MANNERS[register]
    voice = voice.at(manner.speed)
    gain = voice.gain * manner.gain
    words = [[w.sound, w.accent, w.chained, w.pos] for w in words_of(sentence)]
    key = digest("listen", _VERSION, voice.id, gain, words)
    known = cache.get(key)
    if known and (path := cache.file(key, ".mp3", known.decode())):
        return path
    speech = next(iter(voice.speak([sentence])))
    pcm = sound.to_pcm(speech.samples, speech.rate, gain)
    path, sha256 = cache.put_file(key, ".mp3", sound.encode_mp3([pcm]))
    cache.put(key, sha256.encode())
    return path


def around(sentence: Sentence, begin: int, end: int) -> Sentence:
    """``begin`` から ``end`` までの語と、その前後。同じアクセント句の始めから、次の間（ま）か数語まで。"""
    shown = [*spans(sentence)]
    first = next((i for i, (_, e, _) in enumerate(shown) if e > begin), 0)
    last = next((i for i, (_, e, _) in enumerate(shown) if e >= end), len(shown) - 1)
    while first and _chained(shown[first][2]):
        first -= 1
    reach = last + 1
    while reach < len(shown) and reach - last <= _FOLLOWING and not _pauses(shown[reach][2]):
        reach += 1
    return replace(sentence, runs=tuple(run for _, _, run in shown[first:reach]))


def _chained(run: Run) -> bool:
    return bool(run.words) and run.words[0].chained


def _pauses(run: Run) -> bool:
    return any(word.is_pause for word in run.words)


# アクセント ------------------------------------------------------------------------


def accents(reading: str) -> tuple[tuple[int, str], ...]:
    """``reading``（かな）に選べるアクセント。核の拍と、「頭高（1）: キョ＼ードー」のような名前。"""
    moras = [m.replace(DEVOICED, "") for m in sound_moras(spelling_to_sound(reading))]
    places = [0, *(n for n, mora in enumerate(moras, 1) if mora not in _UNACCENTED)]
    return tuple((n, f"{accent_name(n, len(moras))}: {_drawn(moras, n)}") for n in places)


def accent_name(accent: int, moras: int) -> str:
    """「平板（0）」「頭高（1）」「中高（3）」「尾高（4）」。"""
    if accent == 0:
        name = "平板"
    elif accent == 1:
        name = "頭高"
    else:
        name = "尾高" if accent == moras else "中高"
    return f"{name}（{accent}）"


def _drawn(moras: list[str], accent: int) -> str:
    """下がる所に ＼、下がらなければ終わりに ￣。"""
    if accent == 0:
        return "".join(moras) + "￣"
    return f"{''.join(moras[:accent])}＼{''.join(moras[accent:])}"
