"""「000」のちらしを、2 段組みの PDF と、ふりがなのある Word で取り込む。"""

from __future__ import annotations

import datetime

import pytest
from playwright.sync_api import Browser

from content.intake import Draft, page_picture, read_bounded
from content.model import List, Publication, Run
from content.notation import parse
from tests.content.intake.material import (
    accuracy,
    headings,
    leaflet_docx,
    leaflet_html,
    leaflet_sections,
    printed,
    texts,
)

TODAY = datetime.date(2026, 4, 1)
TITLE = "第6期計画 多摩区概要版"


@pytest.fixture(scope="module")
def pdf(browser: Browser) -> bytes:
    return printed(browser, leaflet_html(TITLE), head=TITLE, numbered=True)


@pytest.fixture(scope="module")
def draft(pdf: bytes) -> Draft:
    return read_bounded(pdf, "多摩区概要版.pdf", TODAY)


def publication(draft: Draft) -> Publication:
    return parse(draft.text, "kawasaki/draft")


def test_2段組みのPDFの文字が1字も違わない(draft: Draft) -> None:
    known, got = texts(leaflet_sections()), texts(publication(draft).sections)
    assert accuracy(known, got) == 1.0
    assert got == known


def test_2段組みのPDFの見出しと段がすべて合う(draft: Draft) -> None:
    got = publication(draft)
    assert got.title.text == TITLE
    assert headings(got.sections) == headings(leaflet_sections())
    assert [s.level for s in got.sections] == [s.level for s in leaflet_sections()]


def test_PDFの箇条書きを図形の印から見分ける(draft: Draft) -> None:
    goals = [s for s in publication(draft).sections if s.heading.text == "第6期計画 目標"]
    known = [s for s in leaflet_sections() if s.heading.text == "第6期計画 目標"]
    assert [type(s.blocks[0]) for s in goals] == [List, List]
    assert [texts([s]) for s in goals] == [texts([s]) for s in known]


def test_影文字と柱とページ番号は除いて知らせる(draft: Draft) -> None:
    codes = {remark.code for remark in draft.remarks}
    assert {"doubled", "running-head", "page-number", "front-matter"} <= codes
    assert "1 / " not in draft.text
    assert draft.text.count(TITLE) == 1


def test_知らせは原稿の行とページを指す(draft: Draft) -> None:
    lines = draft.text.splitlines()
    doubled = [remark for remark in draft.remarks if remark.code == "doubled"]
    assert doubled
    for remark in doubled:
        assert lines[remark.line - 1].startswith("#")
        assert remark.text.split("、")[0] in lines[remark.line - 1]
        assert 1 <= remark.page <= draft.pages


def test_同じ資料からは同じ案ができる(pdf: bytes, draft: Draft) -> None:
    assert read_bounded(pdf, "多摩区概要版.pdf", TODAY) == draft


def test_ページの絵はPNG(pdf: bytes) -> None:
    assert page_picture(pdf, 1).startswith(b"\x89PNG\r\n\x1a\n")
    assert page_picture(pdf, 1) != page_picture(pdf, 2)


def test_Wordのふりがなを読みごと残し文字が1字も違わない() -> None:
    draft = read_bounded(leaflet_docx(), "多摩区概要版.docx", TODAY)
    got = publication(draft)
    assert texts(got.sections) == texts(leaflet_sections())
    assert headings(got.sections) == headings(leaflet_sections())
    assert got.title.text == TITLE
    runs = [run for sentence in got.sentences for run in sentence.runs if run.fixed]
    known = [r for s in leaflet_sections() for n in s.sentences for r in n.runs if r.fixed]
    assert (
        runs
        == known
        == [Run("寄合処", "よりあいどころ", fixed=True), Run("長尾", "ながお", fixed=True)]
    )
