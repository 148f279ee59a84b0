"""「001」のページ（HTML）と、HTML のいろいろな書き方。"""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content.intake import Draft, IntakeError, read_bounded
from content.intake.importing import read
from content.model import Image, List, Note, Paragraph, Publication, Run, Table
from content.notation import parse
from tests.content.intake.material import PAGE, headings, page_html, plans, squeeze, texts
from tests.content.test_seeds import normalise, rows

TODAY = datetime.date(2026, 4, 1)


def imported(source: str | bytes, name: str = "page.html") -> Draft:
    data = source if isinstance(source, bytes) else source.encode()
    return read(data, name, TODAY)


def publication(source: str | bytes) -> Publication:
    return parse(imported(source).text, "kawasaki/draft")


def codes(source: str | bytes) -> list[str]:
    return [remark.code for remark in imported(source).remarks]


@pytest.fixture(scope="module")
def page() -> Draft:
    return read_bounded(page_html().encode(), "地域福祉活動推進計画.html", TODAY)


def test_001のページの残すべき文章をすべて残す(page: Draft) -> None:
    got = "".join(normalise(s.text) for s in parse(page.text, "kawasaki/draft").sentences)
    kept = [r["text"] for r in rows("accounts.tsv") if (r["seed"], r["verdict"]) == ("001", "kept")]
    # 印は記法に、台帳の表は文になるので、文字の並びだけを比べる。
    assert [text for text in kept if normalise(text) not in got] == []
    assert len(kept) > 100


def test_001のページのくり返しを1度にして知らせる(page: Draft) -> None:
    got = texts(parse(page.text, "kawasaki/draft").sections)
    for once in (
        "この場をお借りして、心から御礼申し上げます。",
        "改めて認識することができました。",
    ):
        assert squeeze(page_html()).count(squeeze(once)) >= 1
        assert got.count(squeeze(once)) == 1
    assert "repeated" in [remark.code for remark in page.remarks]


def test_001のページの見出しを見つける(page: Draft) -> None:
    found = set(headings(parse(page.text, "kawasaki/draft").sections))
    known = [
        h for plan in plans(*(f"kawasaki/{name}" for name in PAGE)) for h in headings(plan.sections)
    ]
    seen = [h for h in known if h in found or h.replace("（", "(") in found]
    assert len(seen) / len(known) >= 0.7


def test_001のページの案内を除きリンクを残す(page: Draft) -> None:
    assert "交通案内" not in page.text
    assert "HOME" not in page.text
    assert "著作権表示" not in page.text
    assert "alert" not in page.text
    documents = parse(page.text, "kawasaki/draft").documents
    assert len(documents) >= 14
    assert {d.url for d in documents} == {"https://www.example.jp/files/plan.pdf"}
    assert documents[0].title == "はじめに"


def test_幅で折り返された行をつなぐ(page: Draft) -> None:
    assert "これまでも連携してきた市地域福祉計画と機能と役割がお互いに" in page.text
    joined = [remark for remark in page.remarks if remark.code == "joined"]
    assert any("機能と役割／がお互いに" in remark.text for remark in joined)


# 書き方のいろいろ -----------------------------------------------------------------


def test_ふりがなを残す() -> None:
    source = "<h1>題</h1><p><ruby>寄合<rp>（</rp><rt>よりあい</rt><rp>）</rp>処<rt>どころ</rt></ruby>です。</p>"
    assert "｜寄合処《よりあいどころ》です。" in imported(source).text


def test_かなでないふりがなはかっこに入れて知らせる() -> None:
    source = "<h1>題</h1><p><ruby>福祉<rt>welfare</rt></ruby>です。</p>"
    assert "福祉（welfare）です。" in imported(source).text
    assert "ruby" in codes(source)


def test_表の結合された欄を分けて知らせる() -> None:
    source = (
        "<h1>題</h1><table><caption>一覧</caption><tr><th>区</th><th>電話</th></tr>"
        "<tr><td rowspan=2>多摩区</td><td>1</td></tr><tr><td>2</td></tr></table>"
    )
    table = publication(source).sections[0].blocks[0]
    assert isinstance(table, Table)
    assert table.caption is not None and table.caption.text == "一覧"
    assert [[c.text for c in row] for row in table.rows] == [["多摩区", "1"], ["多摩区", "2"]]
    assert "table" in codes(source)


def test_配置のための表は文章として読む() -> None:
    source = "<table><tr><td><h2>見出し</h2><p>文です。</p></td><td><p>となりの文です。</p></td></tr></table>"
    section = publication(source).sections[0]
    assert section.heading.text == "見出し"
    assert [type(b) for b in section.blocks] == [Paragraph, Paragraph]


def test_写真は説明を残しなければ知らせる() -> None:
    source = '<h1>題</h1><p>文です。<img src="a.jpg" alt="お茶会のようす"><img src="b.jpg"><img src="c.gif" alt=""></p>'
    images = [b for b in publication(source).sections[0].blocks if isinstance(b, Image)]
    assert [i.alternative.text for i in images] == [
        "お茶会のようす",
        "（写真の説明を書いてください）",
    ]
    assert codes(source).count("picture") == 2


def test_段のある箇条書きを1段にして知らせる() -> None:
    source = "<h1>題</h1><ul><li>親<ul><li>子</li></ul></li><li>次</li></ul>"
    block = publication(source).sections[0].blocks[0]
    assert isinstance(block, List)
    assert ["".join(s.text for s in i.sentences) for i in block.items] == ["親", "子", "次"]
    assert "nested-list" in codes(source)


def test_記法の文字をそのままの文字として残す() -> None:
    text = "｜縦棒《山かっこ》と# 番号、〈説明〉、\\、*印*、[a](b)、1. です。"
    source = f"<h1>題</h1><p>{text}</p>"
    paragraph = publication(source).sections[0].blocks[0]
    assert isinstance(paragraph, Paragraph)
    runs = [run for sentence in paragraph.sentences for run in sentence.runs]
    assert "".join(run.text for run in runs) == text
    assert not any(run.fixed for run in runs)


@pytest.mark.parametrize(
    "name", ["shift_jis", "cp932", "euc_jp", "iso2022_jp", "utf-8", "utf-8-sig", "utf-16"]
)
@pytest.mark.parametrize("declared", [True, False])
def test_文字コードを見分ける(name: str, declared: bool) -> None:
    label = {"cp932": "Shift_JIS", "utf-8-sig": "utf-8", "iso2022_jp": "iso-2022-jp"}.get(
        name, name
    )
    meta = f'<meta charset="{label}">' if declared and name != "utf-16" else ""
    body = "<h1>地域福祉の集い</h1><p>社会福祉協議会は、住民の皆さんとともに活動しています。</p>"
    draft = imported((meta + body).encode(name))
    assert "社会福祉協議会は、住民の皆さんとともに活動しています。" in draft.text
    assert "broken-character" not in [r.code for r in draft.remarks]


def test_宣言と違う文字コードでも読む() -> None:
    source = '<meta charset="utf-8"><h1>題</h1><p>川崎市の地域福祉の計画です。</p>'.encode("cp932")
    assert "川崎市の地域福祉の計画です。" in imported(source).text


def test_深い入れ子は断る() -> None:
    with pytest.raises(IntakeError, match="深すぎて"):
        imported("<div>" * 5000 + "文です。")


def test_大きな表は断る() -> None:
    row = "<tr>" + "<td>1</td>" * 200 + "</tr>"
    with pytest.raises(IntakeError, match="大きな表"):
        imported("<h1>題</h1><table>" + row * 200 + "</table>")
    with pytest.raises(IntakeError, match="大きな表"):
        imported(
            "<h1>題</h1><table><tr><td colspan=99999>1</td><td>2</td></tr><tr><td>3</td><td>4</td></tr></table>"
        )


def test_文字のないページは断る() -> None:
    with pytest.raises(IntakeError, match="文字がありません"):
        imported("<script>1</script><p> </p>")


_TAGS = st.sampled_from(
    [
        "p",
        "/p",
        "br",
        "h1",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "/ul",
        "table",
        "tr",
        "td",
        "th",
        "/table",
        "ruby",
        "rt",
        "/ruby",
        "img",
        "dl",
        "dt",
        "dd",
        "blockquote",
        "nav",
        "/nav",
        "pre",
        "/pre",
        "strong",
        "/strong",
        "a",
        "/a",
    ]
).map("<{}>".format)
_WORDS = st.text(
    "■○・(1)①－｜《》〈〉#*+-!|[](){}\\:：。、「」あ漢A1 \n\t￥\ufffd\ue000\x00\ufdd0\ufdd1\u200b㎡",
    max_size=12,
)


@given(st.lists(st.one_of(_TAGS, _WORDS), max_size=30))
def test_どんなHTMLからも読める原稿ができる(parts: list[str]) -> None:
    try:
        draft = imported("".join(parts))
    except IntakeError:
        return
    got = parse(draft.text, "kawasaki/draft")
    lines = draft.text.count("\n")
    assert got.sections
    assert all(1 <= remark.line <= lines for remark in draft.remarks)


def test_注は指したところの後に置く() -> None:
    source = (
        '<h1>題</h1><p>文です<a href="#footnote-1">[1]</a>。</p><p>次の文です。</p>'
        '<ol><li id="footnote-1"><p>注の文です。<a href="#footnote-ref-1">↑</a></p></li></ol>'
    )
    blocks = publication(source).sections[0].blocks
    assert [type(b) for b in blocks] == [Paragraph, Note, Paragraph]
    assert "文です（注1）。" in imported(source).text
    assert "> 注1 注の文です。" in imported(source).text


def test_ruby_が分かれていても1つの語にする() -> None:
    source = "<h1>題</h1><p><ruby>多<rt>た</rt>摩<rt>ま</rt></ruby>区</p>"
    runs = [r for s in publication(source).sections[0].sentences for r in s.runs]
    assert Run("多摩", "たま", fixed=True) in runs
