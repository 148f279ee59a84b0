"""置いておいてよいもの: 好みと、だれのことか分からない質問だけ。"""

from __future__ import annotations

import pytest

from bot.person import Person
from tests.bot.talking import Resident


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("見守りはどこでしますか", ("見守りはどこでしますか",)),
        ("私は山田太郎、肝臓がんです。近くの病院は", ()),
        ("佐藤さんの家の手すりは", ()),
    ],
)
def test_だれのことか分かる質問は置いておかない(asked: str, kept: tuple[str, ...]) -> None:
    person = Person(register="plain", furigana="hiragana", ward="北区").asking(asked)
    conversation = Resident().conversation
    keepable = conversation.keepable(person)
    assert keepable.turns == kept
    assert (keepable.register, keepable.furigana, keepable.ward) == ("plain", "hiragana", "北区")
