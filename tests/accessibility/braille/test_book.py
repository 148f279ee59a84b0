"""点字の行とページと本。"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from accessibility.braille.book import LEADER, MAX_SHEETS, Volume, text_cells, volumes
from accessibility.braille.cells import BLANK, to_cells
from accessibility.braille.layout import BOTH_SIDES, Piece, paginate, wrap
from accessibility.readings import Reader
from content.model import Paragraph, Publication, Run, Sentence
from tests.accessibility.braille.backwards import to_line
from tests.accessibility.braille.books import plans, read
from tests.accessibility.texts import ANY, JAPANESE

WORD = st.text("⠁⠃⠉⠙⠑⠋⠛⠓⠊⠚", min_size=1, max_size=12)
WORDS = st.lists(WORD, min_size=1, max_size=40)
DAY = datetime.date(2026, 11, 14)


def plan(name: str, register: str = "standard") -> Publication:
    return next(p for p in plans() if p.name == name and p.register == register)


def shown(book: tuple[Volume, ...]) -> list[str]:
    """本文の行の墨訳。ページ行は除く。"""
    lines: list[str] = []
    paragraph: list[str] = []
    for row in (row for volume in book for page in volume.pages for row in page.rows):
        paragraph.append(row.cells)
        if row.ends:
            lines += to_line("\n".join(paragraph)).split("\n")
            paragraph = []
    return lines


def unnamed(text: str) -> tuple[Run, ...]:
    return (Run(text, "てすと"),)


@given(WORDS, st.integers(0, 10), st.integers(0, 10))
def test_語は行をまたがず順に並ぶ(words: list[str], first: int, rest: int) -> None:
    lines = wrap(BLANK.join(words), first, rest, 32)
    assert all(len(line) <= 32 and not line.endswith(BLANK) for line in lines)
    assert [w for line in lines for w in line.split(BLANK) if w] == words
    assert all(line.startswith(BLANK * (rest if i else first)) for i, line in enumerate(lines))


@given(st.text("⠁⠃⠲⠌⠤", min_size=33, max_size=200))
def test_行に入らない長い語は分ける(word: str) -> None:
    lines = wrap(word, 2, 0, 32)
    assert all(len(line) <= 32 for line in lines)
    assert "".join(lines).replace(BLANK, "") == word


@given(st.lists(st.tuples(WORDS, st.booleans(), st.booleans()), max_size=20))
def test_ページは行の数を超えず見出しで終わらない(rows: list[tuple[list[str], bool, bool]]) -> None:
    pieces = [Piece(BLANK.join(w), gap=1, heading=h, new_page=n) for w, h, n in rows]
    pages, _ = paginate(pieces, BOTH_SIDES, 1)
    assert all(len(page.rows) <= BOTH_SIDES.body for page in pages)
    assert [page.number for page in pages] == list(range(1, len(pages) + 1))
    written = [row.cells for page in pages for row in page.rows if row.cells]
    assert written == [line for p in pieces for line in wrap(p.cells, 2, 0, 32)]
    assert all(page.rows[0].cells for page in pages if page.rows)


def test_見出しは次の行と同じページに置く() -> None:
    body = [Piece("⠁") for _ in range(BOTH_SIDES.body - 2)]
    pages, anchors = paginate(
        [*body, Piece("⠃", gap=1, heading=True, anchor="x"), Piece("⠉")], BOTH_SIDES, 1
    )
    assert anchors == {"x": 2}
    assert [row.cells.strip(BLANK) for row in pages[1].rows] == ["⠃", "⠉"]


def test_どの計画も紙に収まる() -> None:
    sheet = BOTH_SIDES
    for publication in plans():
        for volume in volumes(publication, sheet, read):
            for page in volume.pages:
                lines = page.lines(sheet)
                assert len(lines) <= sheet.lines
                assert all(len(line) <= sheet.cells for line in lines), publication.id


def test_目次の番号のページに見出しがある() -> None:
    for publication in plans():
        (volume,) = volumes(publication, BOTH_SIDES, read)
        numbers = [
            int(to_line(row.cells.rsplit(LEADER, 1)[1]))
            for page in volume.pages
            for row in page.rows
            if LEADER * 3 in row.cells
        ]
        assert len(numbers) == len(publication.sections) + 1  # と、奥付
        for section, number in zip(publication.sections, numbers, strict=False):
            page = "".join(row.cells for row in volume.pages[number - 1].rows)
            assert _packed(text_cells([section.heading])) in _packed(page), (section.id, number)


def _packed(cells: str) -> str:
    return cells.replace(BLANK, "")


def test_奥付に校正の有無を書く() -> None:
    publication = plan("plan-1")
    before = " ".join(" ".join(shown(volumes(publication, BOTH_SIDES, read))).split())
    assert (
        "テンジノ コーセイ： ミコーセイ（テンジヲ ヨム ヒトガ、 マダ タシカメテ イマセン）"
        in before
    )
    done = replace(publication, proofread=DAY)
    after = " ".join(" ".join(shown(volumes(done, BOTH_SIDES, read))).split())
    assert "テンジノ コーセイ： ミコーセイ（" in after
    assert (
        "ヨミノ コーセイ： コーセイズミ（2026ネン 11ガツ 14カニ、 ヒトガ タシカメマシタ）" in after
    )


def test_長い本は章の途中でなく節の前で巻に分かれる() -> None:
    publication = plan("plan-4")
    sections = tuple(replace(s, id=f"{s.id}-{n}") for n in range(60) for s in publication.sections)
    book = volumes(replace(publication, sections=sections), BOTH_SIDES, unnamed)
    assert len(book) > 1
    for number, volume in enumerate(book, 1):
        assert len(volume.pages) <= MAX_SHEETS * BOTH_SIDES.sides
        assert [page.number for page in volume.pages] == list(range(1, len(volume.pages) + 1))
        title = " ".join(to_line(line) for line in volume.pages[0].lines(BOTH_SIDES))
        assert f"ダイ{number}カン（ゼン{len(book)}カン）" in title
    assert "オクヅケ" in "".join(shown(book[-1:]))
    assert "オクヅケ" not in "".join(shown(book[:-1]))


def test_1巻より長い節は段落のあいだで巻に分かれる() -> None:
    publication = plan("plan-4")
    section = publication.sections[0]
    blocks = tuple(b for s in publication.sections for b in s.blocks) * 60
    book = volumes(
        replace(publication, sections=(replace(section, blocks=blocks),)), BOTH_SIDES, unnamed
    )
    assert len(book) > 1
    assert all(len(volume.pages) <= MAX_SHEETS * BOTH_SIDES.sides for volume in book)
    assert all("（ツヅキ）" in "".join(shown((volume,))) for volume in book[1:])
    packed = "".join(_packed(r.cells) for v in book for p in v.pages[1:] for r in p.rows)
    paragraph = next(b for b in section.blocks if isinstance(b, Paragraph))
    assert packed.count(_packed(text_cells(paragraph.sentences))) == 60


READER = Reader()


@given(st.one_of(JAPANESE, ANY))
@example("H28.4.1 の 1.1.1 と 13:30-15:00、10²、(https://example.org/(a)|b'c)、٣人")
def test_どんな文字の本も作れる(text: str) -> None:
    publication = plan("plan-4")
    section = replace(publication.sections[0], blocks=())
    runs = READER.read_text(text)
    sentence = Sentence("any", runs)
    section = replace(section, heading=sentence, blocks=(Paragraph((sentence,)),))
    book = volumes(
        replace(publication, title=sentence, sections=(section,)), BOTH_SIDES, lambda _: runs
    )
    cells = {c for v in book for p in v.pages for line in p.lines(BOTH_SIDES) for c in line}
    assert cells <= {chr(c) for c in range(0x2800, 0x2840)}


def test_版の形は控えと同じ(golden: Callable[[str, str], None]) -> None:
    """点字と仮名を並べる。点字を読めない人も、分かち書きとページの形を確かめられる。"""
    for name, register in (("plan-6", "standard"), ("plan-3", "plain")):
        (volume,) = volumes(plan(name, register), BOTH_SIDES, read)
        kana = iter(shown((volume,)))
        lines = []
        for page in volume.pages:
            head = page.lines(BOTH_SIDES)[0]
            lines.append(f"── {page.number} ページ\n{head}\t{to_line(head)}".rstrip())
            lines += [f"{row.cells}\t{next(kana)}".rstrip() for row in page.rows]
        golden(f"braille/{name}.{register}.txt", "\n".join(lines) + "\n")


def test_ページ行に番号と見出しを書く() -> None:
    (volume,) = volumes(plan("plan-6"), BOTH_SIDES, read)
    heads = [to_line(page.lines(BOTH_SIDES)[0]) for page in volume.pages]
    assert heads[0] == ""
    assert [int(head.split()[-1]) for head in heads[1:]] == list(range(2, len(heads) + 1))
    assert "ケイカクノ リネント モクヒョー" in heads[4]
    assert to_cells("12") in volume.pages[11].lines(BOTH_SIDES)[0]
