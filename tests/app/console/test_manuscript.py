"""原稿を節に分け、つなぎ、2 人の分を合わせる。"""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.console.edit_form import added, moved
from app.console.manuscript import Manuscript, Part, split
from app.console.merging import merge
from content.model import Publication
from content.notation import parse
from content.notation_write import write
from content.problems import NotationError
from tests.app.console.room import STANDARD, SUBJECT
from tests.content.arbitrary import publications

MARKET, NIGHT, PLACE = (
    Part(1, "朝市", "market", "魚。"),
    Part(1, "夜市", "night", "夜。"),
    Part(2, "場所", "place", "港。"),
)
BASE = Manuscript({"表題": "海辺"}, (MARKET, NIGHT, PLACE))
_parts = st.lists(
    st.builds(
        Part,
        st.integers(1, 6),
        st.sampled_from(["朝市", "夜市", ""]),
        st.sampled_from("abcde"),
        st.sampled_from(["", "魚。", "夜。\n\n- 港"]),
    ),
    min_size=1,
    max_size=5,
    unique_by=lambda part: part.id,
).map(tuple)
_manuscripts = st.builds(Manuscript, st.just({"表題": "海辺"}), _parts)


@given(publications())
def test_どの出版物も_分けてつなげば_もとのまま(publication: Publication) -> None:
    manuscript = split(write(publication))
    assert manuscript is not None
    joined = manuscript.joined()
    assert joined.text == write(publication)
    assert len(joined.spots) == joined.text.count("\n")


@given(_manuscripts)
def test_分けられる文字は_分けてつないでも_失われない(manuscript: Manuscript) -> None:
    again = split(manuscript.joined().text)
    assert again is not None and again.parts == manuscript.parts


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# 見出しだけ",
        STANDARD.replace("期: 1", "期 1"),
        STANDARD.replace("期: 1", "知らない項目: 1"),
        STANDARD.replace("期: 1", "期: 1\n期: 2"),
        STANDARD.replace("# 朝市", "前の文\n\n# 朝市"),
    ],
)
def test_分けると文字を失うものは_分けない(text: str) -> None:
    assert split(text) is None


@pytest.mark.parametrize(
    ("broken", "field", "line"),
    [
        (STANDARD.replace("発行: 海辺社会福祉協議会\n", ""), "front_issuer", 1),
        (STANDARD.replace("2026-04-01", "明日"), "front_date", 1),
        (STANDARD.replace("期: 1", "期: 一"), "front_number", 1),
        (STANDARD.replace("{#market}", "{#市}"), "heading_1", 1),
        (f"{STANDARD}\n2 つめ。\n\n3 つ《め。\n", "body_1", 5),
        (f"{STANDARD}\n# 次 {{#next}}\n\n誤り》\n", "body_2", 1),
    ],
)
def test_誤りの所が分かる(broken: str, field: str, line: int) -> None:
    manuscript = split(broken)
    assert manuscript is not None
    joined = manuscript.joined()
    with pytest.raises(NotationError) as error:
        parse(joined.text, SUBJECT)
    (problem,) = error.value.problems
    assert joined.field_of(problem) == field
    assert joined.spot(problem.line).line == line


@given(_manuscripts, _manuscripts)
def test_片方だけが変えたものは_そのまま合わさる(base: Manuscript, other: Manuscript) -> None:
    assert merge(base, other, base).manuscript.parts == other.parts
    assert merge(base, base, other).manuscript.parts == other.parts
    assert not any(p.both for p in merge(base, base, other).pairs)
    assert merge(base, other, other).pairs == ()


@given(_manuscripts, _manuscripts, _manuscripts)
def test_2_人とも変えたところのほかは_どちらの文も失わない(
    base: Manuscript, mine: Manuscript, theirs: Manuscript
) -> None:
    merged = merge(base, mine, theirs)
    shown = {text for pair in merged.pairs for text in (pair.mine, pair.theirs)}
    for part in (*mine.parts, *theirs.parts):
        text = f"{'#' * part.level} {part.heading}\n\n{part.body}".rstrip()
        assert part in merged.manuscript.parts or text in shown


def test_消した人と書きかえた人がいれば_書きかえた方を残して知らせる() -> None:
    changed = replace(PLACE, body="浜。")
    merged = merge(
        BASE,
        Manuscript(BASE.front, (MARKET, NIGHT)),
        Manuscript(BASE.front, (MARKET, NIGHT, changed)),
    )
    assert merged.manuscript.parts == (MARKET, NIGHT, changed)
    assert [(p.place, p.both) for p in merged.pairs] == [("3", True)]


def test_どちらも変えていない節を_片方が消せば_消える() -> None:
    changed = replace(MARKET, body="貝。")
    merged = merge(BASE, Manuscript(BASE.front, (changed, NIGHT)), BASE)
    assert merged.manuscript.parts == (changed, NIGHT)
    assert [(p.place, p.name, p.both) for p in merged.pairs] == [
        ("1", "朝市", False),
        ("", "場所", False),
    ]


def test_並べかえた人の順になる() -> None:
    turned = Manuscript(BASE.front, (NIGHT, PLACE, MARKET))
    new = Part(1, "冬", "winter", "雪。")
    other = Manuscript(BASE.front, (MARKET, NIGHT, PLACE, new))
    for mine, theirs in ((turned, other), (other, turned)):
        ids = [part.id for part in merge(BASE, mine, theirs).manuscript.parts]
        assert ids == ["night", "place", "winter", "market"]


@given(_manuscripts, st.data(), st.booleans())
def test_動かしても足しても_節は失われない(
    manuscript: Manuscript, data: st.DataObject, up: bool
) -> None:
    place = data.draw(st.integers(0, len(manuscript.parts) - 1))
    after, at = moved(manuscript, place, up=up)
    assert sorted(p.id for p in after.parts) == sorted(p.id for p in manuscript.parts)
    assert after.parts[at] == manuscript.parts[place]
    if after != manuscript:
        assert moved(after, at, up=not up) == (manuscript, place)
    grown, at = added(manuscript, place)
    assert (*grown.parts[:at], *grown.parts[at + 1 :]) == manuscript.parts
