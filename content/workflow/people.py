"""だれがするのか。アカウントの持ち方（パスワードなど）は、ここでは知らない。"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection

from content.events import Event

Role = Literal["writer", "reviewer", "administrator"]
"""書く人、確かめる人、管理者。"""

ROLES: dict[Role, str] = {"writer": "書く人", "reviewer": "確かめる人", "administrator": "管理者"}
"""画面に出す名前。"""

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


def require(actor: Actor, subject: str, doing: str, *roles: Role) -> None:
    """``actor`` が ``subject`` の社協を受け持ち、``roles`` のどれか（なければ、だれでも）であること。

    ``doing`` は「承認する」のような、しようとすること。
    """
    council = subject.split("/")[0]
    if not actor.serves(council):
        raise NotAllowed(
            f"社協「{council}」は、このアカウントの受け持ちではありません。"
            "受け持ちを変えるには、管理者に頼んでください。"
        )
    if roles and actor.role not in roles:
        who = "か".join(ROLES[role] for role in roles)
        raise NotAllowed(f"{doing}ことができるのは、{who}です。{who}に頼んでください。")
