"""だれがするのか。アカウントの持ち方（パスワードなど）は、ここでは知らない。"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from content.events import Event

Role = Literal["writer", "reviewer", "administrator", "proofreader"]
"""書く人、確かめる人、管理者と、公開した音声を聞いて誤りを残すだけの校正者。"""

ROLES: dict[Role, str] = {
    "writer": "書く人",
    "reviewer": "確かめる人",
    "administrator": "管理者",
    "proofreader": "校正者",
}
"""画面に出す名前。"""

STAFF: tuple[Role, ...] = ("writer", "reviewer", "administrator")
"""職員。校正者（音訳の会の人など、職員でない人）は入らない。"""

CHECKERS: tuple[Role, ...] = ("reviewer", "administrator")
"""書いた人でない目で確かめ、使うかどうかを決める人。"""

Tell = Callable[[Connection, Event], None]
"""できごとを人に知らせる所。できごとと同じトランザクションで呼ばれるので、片方だけが残ることはない。"""


class WorkflowError(Exception):
    """できないこと。説明は、画面に出せる日本語の文（何が、なぜ、どうすればよいか）。"""


class NotAllowed(WorkflowError):
    """その人には、できない。"""


@dataclass(frozen=True, slots=True)
class Actor:
    """働く人。``name`` はアカウントの名前（人ごとに違い、変わらない）。

    ``councils`` は受け持つ社協の id。``None`` は、すべての社協。
    """

    name: str
    role: Role
    councils: frozenset[str] | None = None

    def serves(self, council: str) -> bool:
        return self.councils is None or council in self.councils


def named(roles: Sequence[Role]) -> str:
    """「確かめる人か管理者」。職員のみなは「職員」。"""
    return "職員" if tuple(roles) == STAFF else "か".join(ROLES[role] for role in roles)


def require(actor: Actor, subject: str, doing: str, *roles: Role) -> None:
    """``actor`` が ``subject`` の社協を受け持ち、``roles`` のどれか（なければ、職員のだれか）であること。

    ``doing`` は「承認する」のような、しようとすること。
    """
    council = subject.split("/")[0]
    if not actor.serves(council):
        raise NotAllowed(
            f"社協「{council}」は、このアカウントの受け持ちではありません。"
            "受け持ちを変えるには、管理者に頼んでください。"
        )
    allowed = roles or STAFF
    if actor.role not in allowed:
        who = named(allowed)
        raise NotAllowed(f"{doing}ことができるのは、{who}です。{who}に頼んでください。")
