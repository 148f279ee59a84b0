"""社協の表を、稿にする前に確かめる。"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from content.revisions import Kind
from content.workflow import Check


class TableError(ValueError):
    """表の誤り。説明は、どの行をどう直すかを言う日本語の文。"""


def _readings(council: str, text: str) -> None:
    from accessibility.dictionary import parse_dictionary

    parse_dictionary(text, "読みの辞書")


def _synonyms(council: str, text: str) -> None:
    from bot.synonyms import Synonyms
    from bot.terms import Terms

    Synonyms(Terms(), ("言い換えの表", text))


def _excuses(council: str, text: str) -> None:
    from accessibility.plain.excuses import parse_excuses

    parse_excuses(text, "認めたしらせの表")


def _explained(check: Callable[[str, str], None]) -> Check:
    def explained(council: str, text: str) -> None:
        try:
            check(council, text)
        except ValueError as error:
            raise TableError(str(error)) from error

    return explained


CHECKS: Mapping[Kind, Check] = MappingProxyType(
    {
        "readings": _explained(_readings),
        "synonyms": _explained(_synonyms),
        "excuses": _explained(_excuses),
    }
)
