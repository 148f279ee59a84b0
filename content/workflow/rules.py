"""決まり。どの稿を、だれが承認してよいか。どの稿とどの稿を、いっしょに公開してよいか。"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from content.events import Event, newest_shown
from content.model import Publication
from content.revisions import Revision
from content.workflow.people import CHECKERS, Actor, WorkflowError


class OutOfDate(WorkflowError):
    """画面を開いた後に、ほかの人が進めた。開き直せば、今の様子が分かる。"""


def authors(history: Iterable[Revision], events: Sequence[Event], revision: Revision) -> set[str]:
    """稿を書いた人と、提出した人。

    前に公開した稿の後に書いた人は、みな含む。人の書いたものに 1 字だけ足しても、書いた人のままで
    ある。
    """
    mine = [e for e in events if e.action == "submitted" and e.revision == revision.id]
    start = newest_shown(e for e in events if e.revision < revision.id)
    written = {r.author for r in history if start < r.id <= revision.id}
    return written | {e.actor for e in mine[-1:]}


def objection(actor: Actor, wrote: Iterable[str], spelled: Iterable[str], reason: str) -> str:
    """``actor`` が承認してはならない理由。してよければ空。

    ``wrote`` は文章を書いた人、``spelled`` は、いっしょに使いはじめる読みの辞書を書いた人。``reason`` は
    代理で承認する理由。
    """
    if actor.role not in CHECKERS:
        return "承認できるのは、確かめる人です。提出して、確かめる人を待ってください。"
    if actor.name in wrote:
        return (
            "自分が書いた文章は、自分では承認できません。"
            "ほかの確かめる人か、いなければ管理者に頼んでください。"
        )
    if actor.name in spelled:
        return (
            "この承認は、いっしょに提出された読みの辞書も承認します。"
            "自分が直した読みは、自分では承認できません。"
            "ほかの確かめる人か、いなければ管理者に頼んでください。"
        )
    if actor.role == "administrator" and not reason.strip():
        return (
            "管理者の承認は、確かめる人がいないときの代理の承認です。"
            "確かめる人がいない理由を書いてください。"
        )
    return ""


def misfit(standard: Publication | None, plain: Publication | None) -> str:
    """ふつうの文章とやさしい文章を、いっしょに公開できない理由。できれば空。

    やさしい文章の節は、ふつうの文章の節のどれかであり、同じ順に並ぶ（``content.bundle`` と同じ決まり）。
    """
    if plain is None:
        return ""
    if standard is None:
        return "ふつうの文章が、まだ公開されていません。先に、ふつうの文章を公開してください。"
    places: Sequence[str] = [section.id for section in standard.sections]
    last = -1
    for section in plain.sections:
        heading = section.heading.text
        if section.id not in places:
            return (
                f"やさしい文章の見出し「{heading}」の目印「{section.id}」が、ふつうの文章にありません。"
                "ふつうの文章の、同じ内容の見出しと同じ目印にしてください。"
            )
        if places.index(section.id) < last:
            return (
                f"やさしい文章の見出し「{heading}」の順が、ふつうの文章と違います。"
                "同じ順に並べてください。"
            )
        last = places.index(section.id)
    return ""
