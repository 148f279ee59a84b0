"""答えに引ける文章。原稿の言葉だけからなり、どれも開けるページを指す。"""

from __future__ import annotations

import pytest

from bot.answer import WAYS
from bot.passages import Passage, passages
from channels.pages import chapter_file
from content.bundle import BUNDLED, load_folder
from content.model import Document, List, Publication
from tests.bot.kita import publication


@pytest.fixture(scope="module")
def publications() -> tuple[Publication, ...]:
    return load_folder(BUNDLED).publications


@pytest.fixture(scope="module")
def found(publications: tuple[Publication, ...]) -> dict[str, Passage]:
    return {p.id: p for p in passages(publications, WAYS)}


def test_every_sentence_of_the_body_can_be_quoted(
    publications: tuple[Publication, ...], found: dict[str, Passage]
) -> None:
    for publication_ in publications:
        quoted = {
            s.id
            for p in found.values()
            if p.publication == publication_.id
            for line in p.version(publication_.register).lines
            for s in line.sentences
        }
        for section in publication_.sections:
            for block in section.blocks:
                if isinstance(block, List):
                    assert {s.id for i in block.items for s in i.sentences} <= quoted


def test_ids_are_one_of_a_kind(publications: tuple[Publication, ...]) -> None:
    ids = [p.id for p in passages(publications, WAYS)]
    assert len(set(ids)) == len(ids)


def test_a_section_points_to_its_place_on_the_page(found: dict[str, Passage]) -> None:
    below = found["kawasaki/plan-6-tama#yoriaidokoro"].version("standard")
    top = found["kawasaki/plan-6-tama#focus-1"].version("standard")
    assert below.url == f"kawasaki/plan-6-tama/standard/web/{chapter_file('focus-1')}#yoriaidokoro"
    assert top.url == "kawasaki/plan-6-tama/standard/web/focus-1.html"
    assert below.above == (top.heading,)


def test_a_section_without_a_body_shows_what_is_below(found: dict[str, Passage]) -> None:
    lines = found["kawasaki/plan-6#initiatives"].version("standard").lines
    assert len(lines) == 10
    assert lines[0].text == "「伝わる」広報・啓発"


def test_an_introduction_in_plain_words_still_shows_what_is_below(
    found: dict[str, Passage],
) -> None:
    lines = found["kawasaki/plan-6#initiatives"].version("plain").lines
    assert len([line for line in lines if line.lead]) == 10
    assert not lines[0].lead


def test_period_is_taken_only_from_the_source(found: dict[str, Passage]) -> None:
    third = found["kawasaki/plan-3#period-of-plan"].version("standard")
    assert "2012年度（平成24年度）～2016年度（平成28年度）" in third.body
    assert "2017年度（平成29年度）まで延長" in third.body
    assert "kawasaki/plan-6#period-of-plan" not in found


def test_documents_are_marked(
    publications: tuple[Publication, ...], found: dict[str, Passage]
) -> None:
    assert found["kawasaki/plan-4#documents"].documents
    assert not found["kawasaki/plan-3#obtain"].documents
    assert any(isinstance(d, Document) for p in publications for d in p.documents)


def test_only_the_ways_that_are_made(publications: tuple[Publication, ...]) -> None:
    ids = {p.id for p in passages(publications, ("web", "daisy", "a-channel-without-a-guide"))}
    assert {"way#web", "way#daisy"} <= ids
    assert not {"way#epub", "way#a-channel-without-a-guide"} & ids


def test_a_repeated_heading_says_where_it_belongs(found: dict[str, Passage]) -> None:
    name = found["kawasaki/plan-6-tama#focus-2-measures"].version("standard").name
    assert name.startswith("具体的な取組（重点項目2")


def test_two_registers_are_one_passage() -> None:
    both = {p.id: p for p in passages([publication("plain"), publication()], ())}
    passage = both["kita/plan-2#hidamari"]
    assert passage.version("standard").url.startswith("kita/plan-2/standard/")
    assert passage.version("plain").url.startswith("kita/plan-2/plain/")
    assert both["kita/plan-2#watch"].version("plain").url.startswith("kita/plan-2/standard/")
