"""社協ごとの DAISY の CD。"""

from __future__ import annotations

import datetime
import io
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from accessibility.audit.daisy import audit_files
from accessibility.narration import Narration
from channels.daisy import DaisyChannel
from channels.daisy_disc import DaisyDiscs
from channels.edition import CatalogueEntry, Content
from content.model import Contact, Council, Publication, Run, Sentence
from tests.channels.books import narrated

CONTACTS = (
    Contact("相談", "相談の係", telephone="044-000-1111"),
    Contact("計画", "計画の係", "044-000-2222", "044-000-3333", "keikaku@example.jp"),
)
COUNCIL = Council("shiken", "試験<社協>", CONTACTS)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Narration]:
    return narrated("# 章 {#a}\n\n文です。\n", tmp_path_factory.mktemp("cache"))


def entry(
    book: tuple[Publication, Narration], number: int, title: str, council: Council = COUNCIL
) -> CatalogueEntry:
    publication = replace(
        book[0],
        id=f"{council.id}/plan-{number}",
        plan=replace(book[0].plan, number=number),
        title=Sentence("title", (Run(title),)),
        date=datetime.date(2026, number, 1),
    )
    edition = DaisyChannel().render(publication, book[1])
    return CatalogueEntry(publication, council, (edition,))


def content(made: Mapping[str, Content], name: str) -> bytes:
    data = made[name]
    assert isinstance(data, bytes)
    return data


def unzipped(made: Mapping[str, Content]) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content(made, "shiken/daisy-disc.zip"))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def made(book: tuple[Publication, Narration]) -> Mapping[str, Content]:
    return DaisyDiscs().render([entry(book, 1, "第一の計画"), entry(book, 2, "第二の計画")])


def test_すべての本がフォルダに入り目次からたどれて検査を通る(made: Mapping[str, Content]) -> None:
    files = unzipped(made)
    links = ET.fromstring(files["discinfo.html"]).iter("{http://www.w3.org/1999/xhtml}a")
    assert [(a.text, a.get("href")) for a in links] == [
        ("第二の計画", "01-plan-2/ncc.html"),
        ("第一の計画", "02-plan-1/ncc.html"),
    ]
    assert audit_files(files) == ()


def test_盤面の文字と添え状に本と長さと問い合わせ先がある(made: Mapping[str, Content]) -> None:
    label = content(made, "shiken/daisy-disc/label.txt").decode()
    letter = content(made, "shiken/daisy-disc/letter.html").decode()
    assert "1. 第二の計画\n2. 第一の計画\n2冊" in label
    assert "2026年2月 製作" in label
    assert "試験&lt;社協&gt;" in letter and "2冊" in letter
    for shown in ("計画の係", "044-000-2222", "044-000-3333", "keikaku@example.jp"):
        assert shown in letter
    assert "044-000-1111" not in letter  # 相談の係に、CD のことを聞かせない


def test_問い合わせ先がなければそう書く(book: tuple[Publication, Narration]) -> None:
    council = replace(COUNCIL, contacts=CONTACTS[:1])
    made = DaisyDiscs().render([entry(book, 1, "計画", council)])
    letter = content(made, "shiken/daisy-disc/letter.html").decode()
    assert "問い合わせ先は、まだ決まっていません" in letter


def test_社協ごとに分かれ何度作っても同じ(book: tuple[Publication, Narration]) -> None:
    other = Council("betsu", "別の社協")
    empty = Council("kara", "本のない社協")
    entries = [
        entry(book, 1, "計画"),
        entry(book, 1, "別の計画", other),
        replace(entry(book, 1, "文字だけ", empty), editions=()),
    ]
    made = DaisyDiscs().render(entries)
    assert sorted(made) == [
        f"{council}/{name}"
        for council in ("betsu", "shiken")
        for name in (
            "daisy-disc.zip",
            "daisy-disc/label.txt",
            "daisy-disc/letter.css",
            "daisy-disc/letter.html",
        )
    ]
    assert DaisyDiscs().render(entries) == made


def test_できあがった版のファイルの場所からも作れる(
    book: tuple[Publication, Narration], tmp_path: Path
) -> None:
    one = entry(book, 1, "計画")
    (edition,) = one.editions
    path = tmp_path / "book.zip"
    path.write_bytes(content(edition.files, edition.main))
    placed = replace(one, editions=(replace(edition, files={edition.main: path}),))
    assert DaisyDiscs().render([placed]) == DaisyDiscs().render([one])
