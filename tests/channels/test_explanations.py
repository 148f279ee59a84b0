"""言葉の説明の印を付ける所。"""

from __future__ import annotations

import pytest

from accessibility.readings import Reader, read_publication
from channels.explanations import explained_texts, marks
from content.notation import parse
from tests.channels.books import FRONT
from tests.channels.words import COUNCIL, GLOSSARY, PROMOTION, WELFARE


def marked(body: str) -> list[tuple[str, int]]:
    """印を付けた語と、文の中の位置。"""
    publication = read_publication(parse(FRONT + body, "shiken/plan"), Reader())
    sentences = {s.id: s.text for s in publication.sentences}
    found = marks(publication.sections, GLOSSARY)
    return [(sentences[m.sentence][m.start : m.end], m.start) for m in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("# 章 {#a}\n\n福祉を進めます。福祉は大切です。", [("福祉", 0)]),
        ("# 福祉の推進 {#a}\n\nその推進です。", [("推進", 2)]),
        ("# 章 {#a}\n\n福祉〈助け合い〉です。福祉は大切です。", []),
        ("# 章 {#a}\n\n福祉を知る。福祉〈助け合い〉です。", [("福祉", 0)]),
        ("# 章 {#a}\n\n福祉大会〈大きな会〉を開きます。", []),
        ("# 章 {#a}\n\n会〈福祉の団体〉です。", []),
        ("# 章 {#a}\n\n福祉推進の会です。次に推進します。", [("福祉", 0), ("推進", 2)]),
        ("# 章 {#a}\n\n社協です。社会福祉協議会です。", [("社協", 0)]),
        ("# 章 {#a}\n\n> 福祉の注。\n\n- 推進", [("福祉", 0), ("推進", 0)]),
        ("# 章 {#a}\n\n| 福祉 | 推進 |\n|---|---|\n| 福祉 | 推進 |", []),
        ("# 章 {#a}\n\n福祉を実施します。", [("福祉", 0)]),
        ("# 章 {#a}\n\n![福祉の写真]()", []),
        ("# 章 {#a}\n\n- 福祉の本[PDF/1KB](https://example.jp/a.pdf)", []),
    ],
)
def test_本文に初めて出てくる説明のない語にだけ付ける(
    body: str, expected: list[tuple[str, int]]
) -> None:
    assert marked(body) == expected


def test_ふりがなの途中で切れる所には付けず_次に出てくる所に付ける() -> None:
    assert marked("# 章 {#a}\n\n｜福祉車両《ふくししゃりょう》を見る。福祉の車。") == [("福祉", 0)]
    ((_, place),) = marked("# 章 {#a}\n\n｜福祉車両《ふくししゃりょう》と福祉。")
    assert place == len("福祉車両と")


def test_言葉の説明がなければ_印もない() -> None:
    assert marks(parse(FRONT + "# 章\n\n福祉です。", "shiken/plan").sections, None) == ()


def test_読みの要る文字は_すべての語とやさしい語と説明() -> None:
    texts = set(explained_texts(GLOSSARY.entries))
    assert {"福祉", "ふくし", "社協", "進めること", PROMOTION.explanation} <= texts
    assert WELFARE.explanation in texts
    assert COUNCIL.explanation in texts
