"""会話のやりとりの型。人が言ったこと（Incoming）と、返すこと（Turn）。LINE も HTTP も知らない。"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bot.clips import Clip
from bot.person import Person
from bot.reply import AnswerKind
from content.model import Run

Runs = tuple[Run, ...]

BubbleKind = Literal["text", "card", "choices", "audio"]
Feedback = Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class Incoming:
    """人が言ったこと。

    ``kind`` は text・postback・mention（グループで名を呼ばれた。``text`` に呼び名は含まない）・
    follow・join・sticker・image・video・audio・file・location など。知らない種類には何も返さない。
    """

    kind: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class QuickReply:
    """続けて選べること。``text`` は押したときに言うこと。``label`` は番号の付いた、20 字までの名前。

    ``runs`` は、ページに出すための、番号のない、切り詰めない名前（ふりがなを選んだ人には、読みが付く）。
    """

    label: str
    text: str
    runs: Runs = ()


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str
    runs: Runs = ()


@dataclass(frozen=True, slots=True)
class Bubble:
    """吹き出しひとつ。

    ``text`` は、その人の選んだ書き方の文字。最後の吹き出しには、番号と選べることの一覧も入る。``alt`` は
    代わりの文字（LINE の altText。端末の錠の画面にも出るので、人ごとの事情には中身を書かない）。
    ``runs`` は、ページに出すための、一覧を除いた文章（``ruby`` を選んだ人には、読みが付く）。
    ``private`` は、危険や人ごとの事情の話であること。
    """

    kind: BubbleKind
    text: str
    alt: str
    links: tuple[Link, ...] = ()
    quick_replies: tuple[QuickReply, ...] = ()
    audio: Clip | None = None
    runs: Runs = ()
    private: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """やりとり 1 回。``bubbles`` は 5 つまで。

    ``unanswered`` は、答えられなかった質問の、だれのことか分からなくしたもの。``store`` が偽なら、
    この回のことは何も残さない（危険や、人ごとの相談）。``answer`` は、質問だったときの答えの種類。
    """

    person: Person
    bubbles: tuple[Bubble, ...] = ()
    unanswered: str | None = None
    feedback: Feedback | None = None
    store: bool = True
    answer: AnswerKind | None = None
