"""検査で認めたもの（``<社協>/excuses.tsv``）。直さないと人が決めたしらせを、わけと一緒に書いておく。

欄はタブで区切って「決まり・言葉・理由・原稿」。言葉は、しらせの言葉と同じに書く。原稿（``plan-6`` など）は、
その原稿だけで認めるときに書く。空なら、その社協のどの原稿でも認める。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from accessibility.plain.remark import Remark

HEADER = ("決まり", "言葉", "理由", "原稿")
UNUSED = "unused-excuse"


class ExcusesError(ValueError):
    """認めたものの表の誤り。説明は日本語の 1 文で、ファイル名、行、直し方を言う。"""


@dataclass(frozen=True, slots=True)
class Excuse:
    """認めたもの 1 行。``scope`` は原稿の名前（空ならすべて）。"""

    code: str
    text: str
    reason: str
    scope: str = ""

    def fits(self, remark: Remark, name: str) -> bool:
        return (
            self.code == remark.code
            and self.text == remark.text.strip()
            and self.scope in ("", name)
        )


def parse_excuses(text: str, name: str = "excuses.tsv") -> tuple[Excuse, ...]:
    """表の文字を読む。``name`` は誤りの説明に使うファイル名。誤りは ``ExcusesError``。"""
    lines = text.removeprefix("\ufeff").splitlines()
    if not lines or tuple(f.strip() for f in lines[0].split("\t"))[:3] != HEADER[:3]:
        raise ExcusesError(
            f"{name} の 1 行目: 見出しがありません。「{'（タブ）'.join(HEADER)}」と書いてください。"
        )
    return tuple(
        _excuse(line, f"{name} の {number} 行目")
        for number, line in enumerate(lines[1:], 2)
        if line.strip() and not line.startswith("#")
    )


def _excuse(line: str, place: str) -> Excuse:
    fields = [field.strip() for field in line.split("\t")]
    if len(fields) > len(HEADER):
        raise ExcusesError(
            f"{place}: 欄が多すぎます。「{'（タブ）'.join(HEADER)}」の 4 つにしてください。"
        )
    code, text, reason, scope = (fields + [""] * 4)[:4]
    if not code or not text:
        raise ExcusesError(f"{place}: 決まりと言葉を、タブで区切って書いてください。")
    if not reason:
        raise ExcusesError(
            f"{place}: 「{text}」を認める理由がありません。3 つ目の欄に書いてください。"
        )
    return Excuse(code, text, reason, scope)


def excused(remarks: Sequence[Remark], excuses: Sequence[Excuse], name: str) -> tuple[Remark, ...]:
    """認めたしらせに、わけを付ける。``name`` は原稿の名前。しらせは減らない。"""
    return tuple(
        replace(r, excuse=next((e.reason for e in excuses if e.fits(r, name)), "")) for r in remarks
    )


def unused(remarks: Sequence[Remark], excuses: Sequence[Excuse], name: str) -> tuple[Remark, ...]:
    """この原稿のために認めたのに、もう何のしらせにも当たらないもの。"""
    return tuple(
        Remark(
            UNUSED,
            "hint",
            "",
            "",
            1,
            0,
            0,
            "",
            f"認めたもの「{excuse.text}」（{excuse.code}）に当たるしらせは、もうありません。"
            "excuses.tsv からその行を消してください。",
        )
        for excuse in excuses
        if excuse.scope == name and not any(excuse.fits(r, name) for r in remarks)
    )
