"""PDF の取り込みの、2 段組みのちらしのほかのこと。"""

from __future__ import annotations

import datetime
import io

import pdf_oxide
import pypdfium2
import pytest
from playwright.sync_api import Browser

from content.intake import Draft, IntakeError, page_picture, read_bounded
from content.intake.importing import read
from content.model import Table
from content.notation import parse
from tests.content.intake.material import STYLE, printed, typeset

TODAY = datetime.date(2026, 4, 1)


def imported(browser: Browser, body: str) -> Draft:
    page = f'<!doctype html><meta charset="utf-8"><style>{STYLE}</style>{body}'
    return read(printed(browser, page), "資料.pdf", TODAY)


def test_罫線のある表を組んで知らせる(browser: Browser) -> None:
    rows = "<tr><th>記号<th>意味<tr><td>A<td>引き続き実践・推進<tr><td>B<td>一部改善"
    draft = imported(
        browser, f"<h1>点検</h1><p>前の文です。</p><table>{rows}</table><p>後の文です。</p>"
    )
    section = parse(draft.text, "kawasaki/draft").sections[0]
    table = section.blocks[1]
    assert isinstance(table, Table)
    assert [[c.text for c in row] for row in table.rows] == [
        ["A", "引き続き実践・推進"],
        ["B", "一部改善"],
    ]
    assert [s.text for s in section.sentences][-1] == "後の文です。"
    assert "table" in [r.code for r in draft.remarks]


def test_小さなかなを下の漢字のふりがなにする(browser: Browser) -> None:
    body = "<p>ふくし<ruby>寄合処<rt>よりあいどころ</rt></ruby>は、<ruby>長尾<rt>ながお</rt></ruby>老人いこいの家で開きます。</p>"
    draft = imported(browser, f"<h1>集い</h1>{body}")
    assert (
        "ふくし｜寄合処《よりあいどころ》は、｜長尾《ながお》老人いこいの家で開きます。"
        in draft.text
    )
    assert "ruby" in [r.code for r in draft.remarks]


def test_文字の表が部首を指していても漢字にする(browser: Browser) -> None:
    draft = imported(browser, "<h1>題</h1><p>住⺠と会⻑の‧第６期ＡＢＣ。①と㎡と〜はそのまま。</p>")
    assert "住民と会長の・第6期ABC。①と㎡と" in draft.text
    odd = next(r for r in draft.remarks if r.code == "compatible-character")
    assert {"①", "㎡"} <= set(odd.text)


def test_読めない文字を除いて場所を知らせる() -> None:
    for broken in "\ufffd\ue001":
        text = f"地域の{broken}ネットワークをつくろう。"
        draft = read(typeset(("題名です", 60, 780, 20), (text, 60, 740, 10)), "資料.pdf", TODAY)
        assert "地域のネットワークをつくろう。" in draft.text
        remark = next(r for r in draft.remarks if r.code == "broken-character")
        assert (remark.text, remark.page) == ("地域の〓ネットワークをつ", 1)
        assert "ネットワーク" in draft.text.splitlines()[remark.line - 1]


def test_印のある行から見出しと箇条書きを見つけて知らせる(browser: Browser) -> None:
    lines = (
        "■重点目標<br>(1) 参加を広げる<br>(2) 協働する<br>■今後の進め方<br>・話し合う<br>・見直す"
    )
    draft = imported(browser, f"<p>{lines}</p>")
    assert "# 重点目標 {#section-1}\n\n1. 参加を広げる\n2. 協働する\n" in draft.text
    assert "# 今後の進め方 {#section-2}\n\n- 話し合う\n- 見直す\n" in draft.text
    assert [r.text for r in draft.remarks if r.code == "heading"] == ["重点目標", "今後の進め方"]


def test_縦書きのページは右の行から読み知らせる(browser: Browser) -> None:
    text = (
        "社会福祉協議会は、住民の皆さんとともに地域の福祉を進める団体です。"
        "毎月一回、お茶会を開いています。どなたでもご参加ください。"
    )
    style = '<div style="writing-mode: vertical-rl; height: 600px">'
    draft = imported(browser, f"{style}<p>{text}</p></div>")
    assert text in draft.text
    assert "vertical" in [r.code for r in draft.remarks]


def test_片方の部品だけが読んだ文字を知らせる() -> None:
    # 紙の外に置かれた文字は、pypdfium2 だけが読む。本文に入れるかどうかは人が決める。
    data = typeset(("地域の計画です。", 60, 740, 10), ("社外の覚え書き", 700, 700, 10))
    draft = read(data, "資料.pdf", TODAY)
    assert "覚え書き" not in draft.text
    remark = next(r for r in draft.remarks if r.code == "readers-differ")
    assert (remark.text, remark.page) == ("社外の覚え書き", 1)


def test_ずらして重ねた影文字を1つにする() -> None:
    shadow = [("地域福祉の計画", 60 + shift, 740 - shift, 14) for shift in (0, 0.7, 3)]
    draft = read(typeset(*shadow, ("本文の文です。", 60, 700, 10)), "資料.pdf", TODAY)
    assert draft.text.count("地域福祉の計画") == 1


def test_写真のあるページを知らせる(browser: Browser) -> None:
    dot = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    draft = imported(browser, f'<h1>題</h1><p>文です。</p><img width=200 height=200 src="{dot}">')
    pictures = [r for r in draft.remarks if r.code == "picture"]
    assert [r.page for r in pictures] == [1]


def blank(pages: int = 1) -> bytes:
    """文字のない PDF（紙を写したものと同じ）。"""
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842).close()
    written = io.BytesIO()
    document.save(written)
    document.close()
    return written.getvalue()


def locked() -> bytes:
    return bytes(pdf_oxide.PdfDocument.from_bytes(blank()).to_bytes_encrypted("himitsu", "himitsu"))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (locked(), "パスワード"),
        (b"%PDF-1.7 " + b"x" * 100, "壊れている"),
        (blank()[:200], "壊れている"),
        (blank(), "文字がありません"),
        (blank(301), "301 ページ"),
    ],
    ids=["パスワード", "中身なし", "途中まで", "画像だけ", "多すぎるページ"],
)
def test_読めないPDFは1文で断る(data: bytes, said: str) -> None:
    with pytest.raises(IntakeError, match=said) as refused:
        read_bounded(data, "資料.pdf", TODAY)
    assert str(refused.value).endswith("。") and "\n" not in str(refused.value)


def test_読めないPDFの絵も1文で断る() -> None:
    with pytest.raises(IntakeError, match="パスワード"):
        page_picture(locked(), 1)
    with pytest.raises(IntakeError, match="2 ページはありません"):
        page_picture(blank(), 2)


def test_時間のかかる資料は止める(browser: Browser) -> None:
    with pytest.raises(IntakeError, match="0 秒かけても"):
        read_bounded(blank(), "資料.pdf", TODAY, seconds=0)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("資料.pdf", b"<html>", "PDF ではありません"),
        ("資料.docx", b"%PDF-1.7", "Word ではありません"),
        ("資料.html", b"PK\x03\x04", "HTML ではありません"),
        ("資料.xlsx", b"PK\x03\x04", "取り込めません"),
        ("資料", b"x", "取り込めません"),
        ("資料.pdf", b"", "空のファイル"),
        ("資料.html", b"x" * (50 * 1024 * 1024 + 1), "大きすぎます"),
    ],
)
def test_種類と大きさの違うファイルは1文で断る(name: str, data: bytes, said: str) -> None:
    with pytest.raises(IntakeError, match=said) as refused:
        read_bounded(data, name, TODAY)
    assert str(refused.value).endswith("。") and "\n" not in str(refused.value)
