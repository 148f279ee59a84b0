"""文章の種類ごとの、読ませ方と話し方。違いは、すべてここに書く（媒体は、文章の種類をたずねない）。"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from content.model import Register


@dataclass(frozen=True, slots=True)
class Manner:
    """読ませ方と話し方。

    ``speed`` は話す速さ（1.0 がその声のふつう）、``after_sentence`` は文の後に足す間（秒）。
    ``gain`` は音の大きさの倍率。``spaced`` は、初めから言葉の間を空けて見せること（分かち書き。字には空白を入れない）。
    """

    speed: float = 1.0
    after_sentence: float = 0.0
    gain: float = 1.0
    spaced: bool = False


# やさしい日本語の声は、1 分に 280〜350 拍（NHK 放送文化研究所「災害時に使うための日本語音声」の
# 提案）。文の中で測ると、Open JTalk の声はふつうの速さで 1 分に 367 拍、この速さで 315 拍になる。
# 短い文が続くと 0.6 dB 小さいので、その分だけ大きくして、もとの文章（−19.6 LUFS）とそろえる。
MANNERS: Mapping[Register, Manner] = {
    "standard": Manner(),
    "plain": Manner(speed=0.85, after_sentence=0.4, gain=10 ** (0.6 / 20), spaced=True),
}
