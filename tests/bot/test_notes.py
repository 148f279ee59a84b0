"""会話で残すもの: 答えの種類の数と、答えられなかった質問。"""

from __future__ import annotations

from bot.notes import counted, handled, note, unanswered
from bot.people import tallied
from bot.reply import Answer
from bot.turn import Turn
from content.database import open_database
from tests.bot.talking import CRISIS, FakeBrain, Resident, quote

WATCH = "見守りとは何ですか"
NOON = 1_795_316_400.0
"""2026 年 11 月 22 日の正午（日本）。"""

MISSING = Answer(
    "第7期はいつ",
    "decline",
    "この計画の中からは見つけられませんでした。",
    "見つけられませんでした。",
)


def brain() -> FakeBrain:
    return FakeBrain({WATCH: quote(WATCH), "第7期はいつ": MISSING, "殴られた": CRISIS})


def test_questions_are_counted_by_their_answers() -> None:
    resident = Resident(brain())
    said = [WATCH, "くわしく", "はい", "メニュー", "第7期はいつ", "殴られた"]
    assert [counted(resident.says(text)) for text in said] == [
        ("answer_quote",),
        (),
        ("feedback_yes",),
        (),
        ("answer_decline", "unanswered"),
        (),
    ]


def test_day_has_numbers_and_masked_questions_only(database_url: str) -> None:
    engine = open_database(database_url)
    resident = Resident(brain())
    for place, text in enumerate((WATCH, "第7期はいつ", "殴られた", "第7期はいつ")):
        note(engine, resident.says(text), NOON + place)
    assert tallied(engine, "2026-11-22", "2026-11-22") == {
        ("2026-11-22", "answer_quote"): 1,
        ("2026-11-22", "answer_decline"): 2,
        ("2026-11-22", "unanswered"): 2,
    }
    assert not tallied(engine, "2026-11-23", "2026-12-31")
    newest, before = unanswered(engine, 10)
    assert newest.asked > before.asked and newest.text == "第7期はいつ"
    handled(engine, newest.id)
    assert unanswered(engine, 10) == (before,)
    engine.dispose()


def test_nothing_is_kept_of_a_turn_not_to_be_stored(database_url: str) -> None:
    engine = open_database(database_url)
    turn = Resident(brain()).says("殴られた")
    assert isinstance(turn, Turn) and not turn.store
    note(engine, turn, NOON)
    assert not tallied(engine, "2026-11-22", "2026-11-22") and not unanswered(engine, 10)
    engine.dispose()
