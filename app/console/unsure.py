"""取り込んだ文章の、まだ確かめていないところ。人が確かめるか、文章が承認されるまで、文章といっしょに持つ。"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Engine, delete, insert, select

from app.console.tables import UNSURE
from content.database import reading, writing


@dataclass(frozen=True, slots=True)
class Unsure:
    """確かめるところひとつ。

    ``section`` は節の目印（文章の全体のことなら空）。``file`` はもとの資料の名前、``page`` はそのページ（なければ
    0）。``key`` と ``owner`` は、取り込んだもの（``Imports``）の名前と、取り込んだ人。
    """

    section: str
    message: str
    text: str
    page: int
    file: str
    key: str
    owner: str
    id: int = 0


class UnsurePlaces:
    """文章（``subject`` のふつうの文章）ごとの、確かめるところ。"""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, subject: str, places: Iterable[Unsure]) -> None:
        rows = [
            {
                "subject": subject,
                "section": place.section,
                "message": place.message,
                "text": place.text,
                "page": place.page,
                "file": place.file,
                "key": place.key,
                "owner": place.owner,
            }
            for place in places
        ]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(insert(UNSURE), rows)

    def of(self, subject: str) -> tuple[Unsure, ...]:
        """取り込んだときの順。"""
        query = select(UNSURE).where(UNSURE.c.subject == subject).order_by(UNSURE.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(query).all()
        return tuple(
            Unsure(r.section, r.message, r.text, r.page, r.file, r.key, r.owner, r.id) for r in rows
        )

    def seen(self, subject: str, id: int) -> None:
        """1 つを確かめた。"""
        with writing(self._engine) as connection:
            connection.execute(delete(UNSURE).where(UNSURE.c.subject == subject, UNSURE.c.id == id))

    def all_seen(self, subject: str) -> None:
        """すべてを確かめた（文章が承認された）。"""
        with writing(self._engine) as connection:
            connection.execute(delete(UNSURE).where(UNSURE.c.subject == subject))
