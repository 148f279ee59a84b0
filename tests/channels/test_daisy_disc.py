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
from accessibility.voices import Silent
from channels.daisy import DaisyChannel
from channels.daisy_disc import DaisyDiscs
from channels.edition import CatalogueEntry, Content
from content.model import Contact, Council, Publication, Register, Run, Sentence
from tests.channels.books import narrated

CONTACTS = (
    Contact("相談", "相談の係", telephone="044-000-1111"),
    Contact("計画", "計画の係", "044-000-2222", "044-000-3333", "keikaku@example.jp"),
)
COUNCIL = Council("shiken", "試験<社協>", CONTACTS)
UNCHECKED = "未校正（読み方と音声を、人はまだ確かめていません）"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Publication, Narration]:
    return narrated("# 章 {#a}\n\n文です。\n", tmp_path_factory.mktemp("cache"))


def entry(
    book: tuple[Publication, Narration],
    number: int,
    title: str,
    council: Council = COUNCIL,
    register: Register = "standard",
    proofread: datetime.date | None = None,
) -> CatalogueEntry:
    publication = replace(
        book[0],
        register=register,
        proofread=proofread,
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


def unzipped(made: Mapping[str, Content], name: str = "shiken/daisy-disc.zip") -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content(made, name))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def titles(files: Mapping[str, bytes]) -> list[tuple[str | None, str | None]]:
    """CD の目次の、題名とリンク。"""
    links = ET.fromstring(files["discinfo.html"]).iter("{http://www.w3.org/1999/xhtml}a")
    return [(a.text, a.get("href")) for a in links]


@pytest.fixture(scope="module")
def made(book: tuple[Publication, Narration]) -> Mapping[str, Content]:
    return DaisyDiscs().render([entry(book, 1, "第一の計画"), entry(book, 2, "第二の計画")])


def test_すべての本がフォルダに入り目次からたどれて検査を通る(made: Mapping[str, Content]) -> None:
    files = unzipped(made)
    assert titles(files) == [
        ("第二の計画", "01-plan-2/ncc.html"),
        ("第一の計画", "02-plan-1/ncc.html"),
    ]
    assert audit_files(files) == ()


def test_盤面の文字と添え状に本と長さと問い合わせ先がある(made: Mapping[str, Content]) -> None:
    label = content(made, "shiken/daisy-disc/label.txt").decode()
    letter = content(made, "shiken/daisy-disc/letter.html").decode()
    assert "1. 第二の計画\n2. 第一の計画\n2冊" in label
    assert "2026年2月 製作" in label
    assert "入りません" not in label and "枚" not in label + letter
    for shown in (Silent().credit, UNCHECKED):
        assert shown in label and shown in letter
    assert "試験&lt;社協&gt;" in letter and "2冊" in letter
    for shown in ("計画の係", "044-000-2222", "044-000-3333", "keikaku@example.jp"):
        assert shown in letter
    assert "044-000-1111" not in letter  # 相談の係に、CD のことを聞かせない


def test_やさしい日本語の本と校正の有無は_本ごとに分かる(
    book: tuple[Publication, Narration],
) -> None:
    day = datetime.date(2026, 3, 20)
    made = DaisyDiscs().render(
        [entry(book, 1, "計画"), entry(book, 1, "計画", register="plain", proofread=day)]
    )
    assert titles(unzipped(made)) == [
        ("計画", "01-plan-1/ncc.html"),
        ("計画（やさしい日本語）", "02-plan-1/ncc.html"),
    ]
    for name in ("label.txt", "letter.html"):
        shown = content(made, f"shiken/daisy-disc/{name}").decode()
        assert "計画（やさしい日本語）" in shown
        assert f"1の本は{UNCHECKED}" in shown
        assert "2の本は校正済（人が、読み方と音声を2026年3月20日に確かめました）" in shown


def size(files: Mapping[str, bytes], folder: str) -> int:
    """CD の上で使う大きさ。2048 バイトの区画をまるごと使う。"""
    lengths = [len(data) for name, data in files.items() if name.startswith(f"{folder}/")]
    return sum(-(-length // 2048) * 2048 for length in lengths)


def test_1枚に入りきらなければ_本を分けずに何枚かに分ける(
    book: tuple[Publication, Narration],
) -> None:
    entries = [entry(book, number, f"第{number}期") for number in (1, 2, 3)]
    whole = DaisyDiscs().render(entries)
    files = unzipped(whole)
    capacity = size(files, "01-plan-3") + size(files, "02-plan-2")
    assert sorted(DaisyDiscs(capacity + size(files, "03-plan-1")).render(entries)) == sorted(whole)
    made = DaisyDiscs(capacity).render(entries)
    assert sorted(made) == [
        f"shiken/daisy-disc-{n}{name}"
        for n in (1, 2)
        for name in (".zip", "/label.txt", "/letter.css", "/letter.html")
    ]
    first, second = (unzipped(made, f"shiken/daisy-disc-{n}.zip") for n in (1, 2))
    assert titles(first) == [("第3期", "01-plan-3/ncc.html"), ("第2期", "02-plan-2/ncc.html")]
    assert titles(second) == [("第1期", "01-plan-1/ncc.html")]
    assert audit_files(first) == audit_files(second) == ()
    for n, books in ((1, "2冊"), (2, "1冊")):
        label = content(made, f"shiken/daisy-disc-{n}/label.txt").decode()
        assert f"2枚のうちの{n}枚目" in label and books in label and "入りません" not in label
        letter = content(made, f"shiken/daisy-disc-{n}/letter.html").decode()
        assert f"CDは2枚あります。これは{n}枚目です。" in letter and books in letter
    assert DaisyDiscs(capacity).render(entries) == made
    assert len(DaisyDiscs(capacity - 1).render(entries)) == 3 * 4


def test_1枚より大きい本は_ひとりで1枚になり_盤面の文字がそう言う(
    book: tuple[Publication, Narration],
) -> None:
    one = DaisyDiscs().render([entry(book, 1, "計画")])
    capacity = size(unzipped(one), "01-plan-1") - 1
    alone = DaisyDiscs(capacity).render([entry(book, 1, "計画")])
    assert sorted(alone) == sorted(one)
    assert unzipped(alone) == unzipped(one)
    assert "CD 1枚に入りません" in content(alone, "shiken/daisy-disc/label.txt").decode()
    two = DaisyDiscs(capacity).render([entry(book, 1, "計画"), entry(book, 2, "計画")])
    assert len(two) == 2 * 4


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
