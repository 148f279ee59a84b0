"""検査のしらせ。決まりの名前、場所、重さ、何を、どう直すか。直すのは人であり、検査は書きかえない。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["warning", "hint"]
"""``warning`` は直すもの（直さないなら、わけを書いて認める）。``hint`` は考えるもの。"""


@dataclass(frozen=True, slots=True)
class Finding:
    """決まりが、文ひとつの中で見つけたもの。``start``–``end`` は文の中の位置（文字）。"""

    code: str
    severity: Severity
    start: int
    end: int
    message: str
    suggestion: str = ""

    def covers(self, start: int, end: int) -> bool:
        return self.start <= start and end <= self.end


@dataclass(frozen=True, slots=True)
class Remark:
    """しらせ。

    ``code`` は決まりの名前（変わらない半角の英小文字と -）。``section``・``sentence`` は節と文の id（文字だけを
    調べたときは空）。``line`` は渡された文字の中の行（1 から）。``start``–``end`` は文の中の位置（文字だけを
    調べたときは、行の中の位置）で、``text`` はその言葉。``message`` は何がむずかしく、どう直すか。
    ``suggestion`` は言いかえの例（なければ空）。``excuse`` は、人が認めたわけ（認めていなければ空）。
    """

    code: str
    severity: Severity
    section: str
    sentence: str
    line: int
    start: int
    end: int
    text: str
    message: str
    suggestion: str = ""
    excuse: str = ""

    @property
    def open(self) -> bool:
        """直すもので、まだ認められていないか。"""
        return self.severity == "warning" and not self.excuse
