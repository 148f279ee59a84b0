"""文の途中に空の行の入った資料。つながずに知らせ、付属の資料では何も言わない。"""

from __future__ import annotations

import datetime

from content.intake.importing import read
from tests.content.intake.material import docx, leaflet_docx, page_html, paragraph, text_run

TODAY = datetime.date(2026, 4, 1)


def cuts(*texts: str) -> list[str]:
    data = docx("".join(paragraph(text_run(text)) for text in texts))
    return [r.text for r in read(data, "a.docx", TODAY).remarks if r.code == "cut"]


def test_文の途中で切れた段落を知らせ_文字は変えない() -> None:
    above, below = "会（以下「社協」という。）が呼", "び掛けて、計画を作ります。"
    assert cuts(above, below) == ["」という。）が呼／び掛けて、計画を"]
    data = docx(paragraph(text_run(above)) + paragraph(text_run(below)))
    assert f"{above}\n\n{below}" in read(data, "a.docx", TODAY).text
    assert cuts("財源の確保と、効果的な運営と組織基", "盤の強化に努めます。") != []


def test_切れていない段落は_知らせない() -> None:
    assert cuts("計画を作ります。", "みんなで進めます。") == []
    assert cuts("みんなで支えあい", "ともに安心して") == []
    assert cuts("まちの人が、支えあうまち", "・集まる。", "・話す。") == []


def test_付属の資料には_切れたところがない() -> None:
    for name, data in (("a.docx", leaflet_docx()), ("a.html", page_html().encode())):
        assert [r for r in read(data, name, TODAY).remarks if r.code == "cut"] == []
