"""付属の計画のすべての DAISY と EPUB を、読み手で開く。見えるものは、原稿と枠と目録のとおりか。"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from channels import facts
from channels.wording import Wording
from content.model import Publication
from tests.players.plans import plans, read_aloud
from tests.players.readers import Opened, readers

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True)
class Book:
    """本ひとつ。``place`` は開く場所、``archive`` はその zip、``seconds`` は目録にある長さ。"""

    publication: Publication
    channel: str
    seconds: float
    place: Path
    archive: Path


@pytest.fixture(scope="module")
def books(published: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Book]:
    """すべての DAISY（zip と、展開したフォルダ）と、すべての EPUB（ふりがなあり・なし）。"""
    publications = plans()
    manifest = json.loads((published / "manifest.json").read_text("utf-8"))
    unpacked = tmp_path_factory.mktemp("daisy")

    def found() -> Iterator[Book]:
        for row in manifest["editions"]:
            publication = publications[row["publication"], row["register"]]
            path = published / row["path"]
            book = Book(publication, row["channel"], row["seconds"], path, path)
            if book.channel == "daisy":
                folder = unpacked / publication.name / publication.register
                with zipfile.ZipFile(path) as archive:
                    archive.extractall(folder)
                yield book
                yield replace(book, place=folder)
            elif book.channel == "epub":
                for file in sorted(path.parent.glob("*.epub")):
                    yield replace(book, place=file, archive=file)

    made = list(found())
    assert len(made) == 4 * len(publications)
    return made


@pytest.fixture(scope="module", params=sorted(readers()))
def opened(
    request: pytest.FixtureRequest, books: list[Book], pytestconfig: pytest.Config
) -> list[tuple[Book, Opened]]:
    """読み手が本を開いて見たもの。部品は pytest の控えに置く（次の試験では入れ直さない）。"""
    assert pytestconfig.cache
    folder = pytestconfig.cache.mkdir("players")
    seen = readers()[request.param]([book.place for book in books], folder)
    return list(zip(books, seen, strict=True))


def test_題名と言語と目次は_原稿と枠のとおり(opened: list[tuple[Book, Opened]]) -> None:
    for book, seen in opened:
        headings = [(s.level, s.heading.text) for s in read_aloud(book.publication)]
        assert seen.title == facts.title(book.publication, Wording.load({})), book.place
        assert seen.language == "ja"
        assert [title for _, title in seen.contents] == [title for _, title in headings]
        # r2-shared-js 1.0.82 は、ncc.html の h3 から h2 へ戻る所で段を 1 つ上に置く（順は正しい）。
        # DAISY の段は、channels と audit の試験が確かめる。
        if book.channel == "epub":
            assert list(seen.contents) == headings, book.place


def test_すべての文が_読む順に1度だけ読まれる(opened: list[tuple[Book, Opened]]) -> None:
    for book, seen in opened:
        with zipfile.ZipFile(book.archive) as archive:
            names = set(archive.namelist())
        places = [clip.text.partition("#") for clip in seen.clips]
        spoken = [s.id for part in read_aloud(book.publication) for s in part.sentences if s.text]
        assert [id for _, _, id in places] == spoken, book.place
        assert {place for place, _, _ in places} <= names
        assert {clip.audio for clip in seen.clips} <= names


def test_長さは_目録のとおりで_切れ目にすきまも重なりもない(
    opened: list[tuple[Book, Opened]],
) -> None:
    for book, seen in opened:
        length = pytest.approx(book.seconds, abs=0.1)
        assert sum(part.seconds for part in seen.parts) == length, book.place
        assert sum(clip.end - clip.begin for clip in seen.clips) == length, book.place
        for part in seen.parts:
            summed = sum(clip.end - clip.begin for clip in part.clips)
            assert part.seconds == pytest.approx(summed, abs=0.002)
        for last, clip in pairwise(seen.clips):
            expected = last.end if clip.audio == last.audio else 0
            assert clip.begin == pytest.approx(expected, abs=0.0005)
            assert clip.begin < clip.end
