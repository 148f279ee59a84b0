"""hypothesis の部品。原稿に書けるあらゆる出版物と、原稿のまとまり（Bundle）。"""

from __future__ import annotations

from hypothesis import strategies as st

from content.bundle import Bundle, in_order
from content.identity import with_ids
from content.inline import split_sentences
from content.model import (
    PURPOSES,
    Block,
    Contact,
    Council,
    Document,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Picture,
    Plan,
    Publication,
    Register,
    Run,
    Section,
    Sentence,
    Table,
)

PNG = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff"

# 書き方の記号、かっこ、文の終わり、補助漢字、半角カナ、結合文字、右から左の文字、見えない文字。
_MARKS = (
    "｜《》〈〉\\|#-*+>![](){}:：.。！？!?「」『』（）“”0129 \t　表計画ABc'\"`~=_/%&<@$^;,"
    "𠮷ｶﾞか\u3099e\u0301עבר\u202e\u200b\u200d\ufe0f\ufeff\u00a0👨☺"
)
_ANY = st.characters(
    exclude_categories=("Cc", "Cs", "Co", "Zl", "Zp"),
    exclude_characters="".join(map(chr, (*range(0xFDD0, 0xFDF0), *range(0xFFFD, 0x10000)))),
)
_FRAGMENTS = st.sampled_from(
    [
        *("[PDF/1KB]", "[PDF/1KB](https://example.jp/)", "1. ", "12) ", "- ", "# ", "> ", "表: "),
        *(
            "![図](map.png)",
            "{#id}",
            "---",
            "| a | b |",
            "｜漢《かん》",
            "\\",
            "👨\u200d👩\u200d👧",
        ),
    ]
)
_TEXT = st.one_of(
    st.text(_MARKS, max_size=12),
    st.tuples(st.text(_MARKS, max_size=3), _FRAGMENTS, st.text(_MARKS, max_size=3)).map("".join),
    st.text(_ANY, max_size=12),
)
_KANA = st.text("ぁあかがゖゝゞーアカヴヵ・ヽヾ", min_size=1, max_size=4)
_FIXED = st.builds(lambda text, reading: Run(text, reading, fixed=True), _TEXT.filter(bool), _KANA)


def _canonical(parts: list[Run]) -> tuple[Run, ...]:
    """原稿から読んだときと同じ形。となりあうふつうの文字はつながり、両端の空白はない。"""
    runs: list[Run] = []
    for part in parts:
        if runs and not part.fixed and not runs[-1].fixed:
            runs[-1] = Run(runs[-1].text + part.text)
        else:
            runs.append(part)
    if runs and not runs[0].fixed:
        runs[0] = Run(runs[0].text.lstrip())
    if runs and not runs[-1].fixed:
        runs[-1] = Run(runs[-1].text.rstrip())
    return tuple(r for r in runs if r.text)


def _visible(runs: tuple[Run, ...]) -> bool:
    return bool("".join(r.text for r in runs).strip())


MAYBE_EMPTY_RUNS = st.lists(st.one_of(_TEXT.map(Run), _FIXED), max_size=3).map(_canonical)
RUNS = MAYBE_EMPTY_RUNS.filter(_visible)


def _sentence(runs: tuple[Run, ...]) -> Sentence:
    return Sentence("", runs)


def _sentences(runs: tuple[Run, ...]) -> tuple[Sentence, ...]:
    return tuple(map(_sentence, split_sentences(runs)))


@st.composite
def _document_items(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(["PDF", "Excel", "x"]))
    size = draw(st.sampled_from(["783KB", "1.5MB", "2 ページ", "A4", "#"]))
    mark = f"[{kind}/{size}]"
    url = draw(st.sampled_from([None, "https://example.jp/a%20b.pdf", "http://例え.jp/?a=b#c|d\\"]))
    title = draw(RUNS)
    runs = _canonical([*title, Run(mark)])
    shown = _sentence(runs)
    return Item((shown,), Document(shown.text.removesuffix(mark).strip(), kind, size, url))


_ITEMS = st.one_of(RUNS.map(_sentences).map(Item), _document_items())
_LISTS = st.builds(List, st.lists(_ITEMS, min_size=1, max_size=3).map(tuple), st.booleans())
_PICTURE_NAMES = st.sampled_from(["map.png", "写真1.jpg", "graph-2.JPEG"])
_IMAGES = st.builds(Image, st.one_of(st.just(""), _PICTURE_NAMES), RUNS.map(_sentence))


@st.composite
def _tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(1, 3))
    row = st.tuples(*[MAYBE_EMPTY_RUNS.map(_sentence)] * width)
    caption = draw(st.one_of(st.none(), RUNS.map(_sentence)))
    return Table(caption, draw(row), tuple(draw(st.lists(row, max_size=2))))


BLOCKS: st.SearchStrategy[Block] = st.one_of(
    RUNS.map(_sentences).map(Paragraph),
    RUNS.map(_sentences).map(Note),
    _LISTS,
    _tables(),
    _IMAGES,
)
_IDS = st.from_regex(r"[a-z][a-z0-9-]{0,6}", fullmatch=True)


_ID_LISTS = st.lists(_IDS, min_size=1, max_size=4, unique=True)


@st.composite
def _sections(draw: st.DrawFn, ids: list[str]) -> tuple[Section, ...]:
    sections: list[Section] = []
    level = 0
    for id in ids:
        level = draw(st.integers(1, min(level + 1, 6)))
        blocks = tuple(draw(st.lists(BLOCKS, max_size=4)))
        sections.append(Section(id, level, _sentence(draw(RUNS)), blocks))
    return tuple(sections)


_LINE = _TEXT.map(str.strip)
_FILLED_LINE = _LINE.filter(bool)


@st.composite
def _plans(draw: st.DrawFn) -> Plan:
    first, last = draw(
        st.one_of(st.just((None, None)), st.sampled_from([(2021, 2023), (2002, 2002)]))
    )
    return Plan(
        issuer=draw(_FILLED_LINE),
        series=draw(_FILLED_LINE),
        number=draw(st.one_of(st.none(), st.integers(1, 999))),
        first_year=first,
        last_year=last,
        extended_to=draw(st.one_of(st.none(), st.integers((last or 1999) + 1, 9999))),
        ward=draw(_LINE) or None,
        source=draw(_FILLED_LINE),
    )


@st.composite
def publications(
    draw: st.DrawFn,
    id: str = "kawasaki/plan-6",
    register: Register | None = None,
    section_ids: st.SearchStrategy[list[str]] = _ID_LISTS,
) -> Publication:
    """``with_ids`` まで済んだ、原稿から読んだものと見分けの付かない出版物。"""
    sections = draw(_sections(draw(section_ids)))
    names = {
        block.source
        for section in sections
        for block in section.blocks
        if isinstance(block, Image) and block.source
    }
    return with_ids(
        Publication(
            id,
            register or draw(st.sampled_from(["standard", "plain"])),
            _sentence(draw(RUNS)),
            draw(_plans()),
            draw(st.dates()),
            sections,
            pictures=tuple(draw(_picture(name)) for name in sorted(names)),
            proofread=draw(st.one_of(st.none(), st.dates())),
        )
    )


@st.composite
def _picture(draw: st.DrawFn, name: str) -> Picture:
    return Picture(name, (PNG if name.endswith("png") else JPEG) + draw(st.binary(max_size=2)))


_TELEPHONES = st.sampled_from(
    ["", "044(739)8711", "０４４－７３９－８７１１", "（044） 739-8711", "110"]
)
_CONTACTS = st.builds(
    Contact,
    purpose=st.sampled_from(PURPOSES),
    name=_FILLED_LINE,
    telephone=_TELEPHONES,
    fax=_TELEPHONES,
    mail=st.sampled_from(["", "kikaku@csw-kawasaki.or.jp", "'a+b'!@example.jp", "{a}@b.c-d.jp"]),
    address=_LINE,
    ward=_LINE,
    checked_on=st.one_of(st.none(), st.dates()),
    source=_LINE,
)


def councils(id: str) -> st.SearchStrategy[Council]:
    return st.builds(
        Council,
        st.just(id),
        _FILLED_LINE,
        st.lists(_CONTACTS, max_size=3).map(tuple),
        _LINE,
    )


def _some_of(standard: Publication) -> st.SearchStrategy[list[str]]:
    """やさしい日本語の版の節。ふつうの版の節のいくつかを、同じ順に。"""
    ids = [section.id for section in standard.sections]
    kept = st.sets(st.sampled_from(ids), min_size=1)
    return kept.map(lambda some: [id for id in ids if id in some])


@st.composite
def bundles(draw: st.DrawFn) -> Bundle:
    """``load_folder`` が返すのと同じ順に並んだ、原稿のひとそろい。"""
    ids = sorted(draw(st.sets(st.sampled_from(["kawasaki", "yokohama", "a1"]), min_size=1)))
    names = st.sets(st.sampled_from(["plan-6", "plan-6-tama", "about"]), min_size=1, max_size=2)
    found: list[Publication] = []
    for id in (f"{council}/{name}" for council in ids for name in sorted(draw(names))):
        standard = draw(publications(id, "standard"))
        found.append(standard)
        if draw(st.booleans()):
            found.append(draw(publications(id, "plain", _some_of(standard))))
    readings = _TEXT.map(lambda text: text.lstrip("\ufeff")).filter(bool)
    tables = (tuple((id, draw(readings)) for id in ids if draw(st.booleans())) for _ in range(3))
    return Bundle(
        tuple(draw(councils(id)) for id in ids),
        tuple(sorted(found, key=in_order)),
        *tables,
    )
