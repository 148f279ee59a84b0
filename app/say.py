"""文ひとつを声のファイルにする（``tsutawaru say``）。"""

from __future__ import annotations

from pathlib import Path

from accessibility.readings import Reader
from accessibility.voices import Voice, VoiceError
from app.output import OutputError, reason
from content.inline import InlineError, parse_inline, split_sentences
from content.model import Sentence

FORMATS = (".wav", ".mp3", ".m4a")


def say(text: str, file: Path, voice: Voice, reader: Reader) -> float:
    """``text``（ふりがなの書き方も使える）を声にして ``file`` に書き、長さ（秒）を返す。"""
    # 音の部品は重いので、ほかの命令を待たせないように、ここで読み込む。
    import numpy as np

    from accessibility import sound

    try:
        runs = parse_inline(" ".join(text.split()))
    except InlineError as error:
        raise VoiceError(str(error)) from None
    sentences = [reader.read(Sentence("", part)) for part in split_sentences(runs)]
    parts = [
        sound.to_pcm(speech.samples, speech.rate, voice.gain) for speech in voice.speak(sentences)
    ]
    pcm = np.concatenate([*parts, np.zeros(0, np.int16)])
    if not len(pcm):
        raise VoiceError(f"「{text}」には、声に出して読む言葉がありません。文字を書いてください。")
    match file.suffix:
        case ".wav":
            encoded = sound.encode_wav(pcm)
        case ".mp3":
            encoded = sound.encode_mp3([pcm])
        case _:
            encoded = sound.encode_aac([pcm])
    try:
        file.write_bytes(encoded)
    except OSError as error:
        raise OutputError(
            f"{file} に書けません{reason(error)}。-o で別の場所を選んでください。"
        ) from error
    return len(pcm) / sound.RATE
