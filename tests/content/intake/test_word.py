"""Word（docx）の取り込み。"""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest

from content.intake import Draft, IntakeError
from content.intake.importing import read
from content.model import Image, List, Note, Publication, Table
from content.notation import parse
from tests.content.intake.material import (
    docx,
    footnote_reference,
    paragraph,
    ruby_run,
    text_run,
    word_picture,
    word_table,
)


def imported(data: bytes) -> Draft:
    return read(data, "計画.docx", datetime.date(2026, 4, 1))


def publication(data: bytes) -> Publication:
    return parse(imported(data).text, "kawasaki/draft")


def heading(text: str, level: int = 1) -> str:
    return paragraph(text_run(text), style=str(level))


def test_表と番号と注と写真を読む() -> None:
    body = "".join(
        (
            heading("はじめに"),
            paragraph(text_run("文です"), footnote_reference(1), text_run("。")),
            word_table((("記号", "意味"), ("A", "続ける"))),
            paragraph(text_run("ひとつ"), listed="2"),
            paragraph(text_run("ふたつ"), listed="2"),
            paragraph(word_picture("お茶会のようす")),
            paragraph(word_picture("")),
        )
    )
    data = docx(body, footnotes=["注の文です。"])
    blocks = publication(data).sections[0].blocks
    kinds = [type(b) for b in blocks]
    assert kinds[1:] == [Note, Table, List, Image, Image]
    table, numbers, picture, unknown = blocks[2:]
    assert isinstance(table, Table) and [c.text for c in table.header] == ["記号", "意味"]
    assert isinstance(numbers, List) and numbers.ordered and len(numbers.items) == 2
    assert isinstance(picture, Image) and picture.alternative.text == "お茶会のようす"
    assert isinstance(unknown, Image) and "説明を書いて" in unknown.alternative.text
    assert "> 注1 注の文です。" in imported(data).text
    assert [r.code for r in imported(data).remarks].count("picture") == 2


def test_表や注の中のふりがなも残す() -> None:
    cell = "".join((ruby_run("多摩", "たま"), text_run("区")))
    row = f"<w:tr><w:tc>{paragraph(text_run('区'))}</w:tc><w:tc>{paragraph(cell)}</w:tc></w:tr>"
    data = docx(
        heading("題") + f"<w:tbl>{row}{row}</w:tbl>" + paragraph(ruby_run("｜長尾", "ながお"))
    )
    text = imported(data).text
    assert text.count("｜多摩《たま》区") == 2
    assert "｜\\｜長尾《ながお》" in text


def test_見出しの書式がなくても太字の短い行を見出しと見て知らせる() -> None:
    bold = "<w:p><w:r><w:rPr><w:b/></w:rPr><w:t>計画の目標</w:t></w:r></w:p>"
    draft = imported(docx(bold + paragraph(text_run("みんなで支えあうまちをつくります。"))))
    assert "# 計画の目標 {#" in draft.text
    assert "heading" in [r.code for r in draft.remarks]


def test_文書の題を表題にする() -> None:
    draft = imported(docx(heading("はじめに") + heading("おわりに"), title="第7期計画 & 概要"))
    assert "表題: 第7期計画 & 概要\n" in draft.text


def test_変更履歴は変更後の文にして知らせる() -> None:
    changed = (
        "<w:p><w:del><w:r><w:delText>古い</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>新しい</w:t></w:r></w:ins><w:r><w:t>文です。</w:t></w:r></w:p>"
    )
    draft = imported(docx(heading("題") + changed))
    assert "新しい文です。" in draft.text
    assert "古い" not in draft.text
    assert "tracked-changes" in [r.code for r in draft.remarks]


def bomb() -> bytes:
    """広げると 400 MB になる docx（圧縮したままなら 1 MB に満たない）。"""
    written = io.BytesIO(docx(heading("題")))
    with zipfile.ZipFile(written, "a", zipfile.ZIP_DEFLATED) as package:
        for number in range(4):
            with package.open(f"word/media/{number}.bin", "w") as file:
                for _ in range(100):
                    file.write(b"\0" * 1024 * 1024)
    return written.getvalue()


def entities() -> bytes:
    """実体の展開でふくらむ XML（billion laughs）。"""
    written = io.BytesIO()
    doctype = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    with (
        zipfile.ZipFile(io.BytesIO(docx(heading("題")))) as source,
        zipfile.ZipFile(written, "w") as target,
    ):
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, doctype.encode() + data if name == "word/document.xml" else data)
    return written.getvalue()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bomb(), "大きすぎます"),
        (entities(), "壊れている"),
        (docx(heading("題"))[:300], "壊れている"),
        (b"PK\x03\x04" + b"\0" * 100, "壊れている"),
        (docx(heading("題")).replace(b"word/document.xml", b"word/dokument.xml"), "壊れている"),
        (docx("<w:p>" * 3), "壊れている"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "パスワード",
        ),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "古い形の Word"),
        (docx(paragraph()), "文字がありません"),
    ],
    ids=["爆弾", "実体", "途中まで", "中身なし", "本文なし", "閉じない", "パスワード", "doc", "空"],
)
def test_読めないWordは1文で断る(data: bytes, said: str) -> None:
    with pytest.raises(IntakeError, match=said) as refused:
        imported(data)
    assert str(refused.value).endswith("。") and "\n" not in str(refused.value)
