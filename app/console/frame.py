"""職員の画面の枠。どのページも、``Console``、``Visitor``、``Asked`` の 3 つを受け取り、答えを返す。

ページの足し方
--------------

1. ``app/console/pages_何か.py`` に関数を書き、モジュールの終わりに、ページの表 ``PAGES`` を置く::

       def show(console: Console, visitor: Visitor, asked: Asked) -> Response:
           desk = _desk(console, visitor, asked)          # asked.subject は「kawasaki/plan-6」
           return _page(console, visitor, asked, desk.opening.text)

       def send(console: Console, visitor: Visitor, asked: Asked) -> Response:
           try:
               base = asked.form.number("base")           # 隠した項目。読めなければ FormFault
               work = Work(asked.subject, "plain", asked.form["text"], base)
               console.drafts.save(work, visitor.actor)
           except REFUSALS as error:                       # 日本語の文を持つ失敗のすべて
               faults = faults_of(error, field="text")
               return _page(console, visitor, asked, asked.form["text"], faults)
           return console.done(asked, url("edit", asked.subject, "plain"), "保存しました。")

       def _page(console, visitor, asked, text, faults=()):
           return console.page(visitor, asked, "edit.html", "編集: …", faults, text=text)

       PAGES = (
           Place("/edit/{council}/{name}/{register}", show, send, label="編集"),
       )

2. ひな形を ``templates/edit.html`` に置く::

       {% extends "base.html" %}
       {% import "macros.html" as m with context %}
       {% block content %}
       {% call m.form(url("edit", asked.subject, "plain")) %}
       {{ m.hidden("base", base) }}
       {{ m.textarea("text", "文章", text, hint="…", required=True) }}
       {{ m.button("保存する") }}
       {% endcall %}
       {% endblock %}

   ``<h1>`` は題で、枠が書く。誤りのまとめ、知らせ、``aria-invalid`` も、枠と ``macros.html`` が書く。
   項目の id は、項目の名前と同じ（``m.field("text", …)`` は ``id="text"``）。

3. ``app/console/router.py`` の ``PLACES`` に、``*pages_何か.PAGES`` を足す。``label`` のあるページは、場所に
   ``{}`` がなければ上の案内に、``{council}`` だけなら「最初のページ」の社協の所に、
   ``{council}/{name}/{register}`` なら同じページの文章の行に、リンクが出る（その役割の人にだけ）。

場所の名前は、``/edit/…``、``/review/…``、``/publish/…``、``/readings/{council}``、``/preview/…``、``/import``、
``/notice/{council}``、``/broadcast``、``/dashboard``、``/proof/…``、``/recordings/…``。文章のページは、その後に
``{council}/{name}/{register}`` と続ける。画面だけの動きや見た目は ``assets/`` に置き（``edit.js``）、ひな形の
``{% block scripts %}`` で ``<script src="{{ url("assets/edit.js") }}" defer></script>`` と読む。

決まり
------

- POST は、できたら ``console.done(…)``（303 で移り、知らせを 1 度見せる）。できなければ、書かれたものを入れて
  同じページを出す。取りこぼした失敗（``REFUSALS``）は、枠が知らせのページにし、書かれたものを送り直せる。
- ログインの時間が過ぎた POST は、枠が受け止める: ログインのページが書かれたものを持ち、入った後に送り直す。
- ページの関数は別のスレッドで走るので、データベースを待ってよい。重い部品は、関数の中で import する。
- ファイルは ``asked.form.upload("file")``（50 MB まで。なければ ``FormFault``）。``m.form(…, upload=True)``。
- ないものは ``raise NotFound("…")``。受け持ちでない社協のものも、ないものと同じに ``visitor.actor.serves``
  で確かめる（``console.desk`` はそうする）。
- ページでないもの（音、JSON）は、``Response`` をそのまま返す。枠が ``Cache-Control: no-store`` を足す。fetch で
  呼ぶときのログイン切れは 401 と日本語の文。
- 日時は ``{{ at|when }}``、言葉は ``{{ STATES[state] }}``、``{{ KINDS[kind] }}``、人は ``{{ person(name) }}``。
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from starlette.responses import RedirectResponse, Response

from app.console.account import Account, AccountError
from app.console.accounts import Accounts
from app.console.builds import Builds
from app.console.checks import TableError
from app.console.form import Form, FormFault
from app.console.layout import render
from app.console.notices import Notices
from app.console.sessions import LoginError, Sessions
from app.settings import Settings
from content.council import parse_council
from content.database import Clock
from content.problems import NotationError
from content.revisions import Kind, Revision
from content.workflow import Actor, Approvals, Desk, Drafts, Emergencies, Role, WorkflowError
from content.workflow.people import ROLES, STAFF

if TYPE_CHECKING:
    from sqlalchemy import Engine

ROOT = "/staff"
NOTICE_COOKIE = "staff_notice"
EVERYONE: tuple[Role, ...] = tuple(ROLES)
"""校正者も使えるページの役割。書かなければ、職員（``STAFF``）だけが使える。"""


class NotFound(Exception):
    """ないもの。説明は画面に出せる日本語の文。"""


REFUSALS = (AccountError, FormFault, LoginError, NotationError, TableError, WorkflowError)
"""できないこと。どれも、説明は画面に出せる日本語の文。"""


@dataclass(frozen=True, slots=True)
class Fault:
    """直すところ。``field`` は項目の名前（＝ id）。まとめから、そこへ移れる。"""

    message: str
    field: str = ""


def faults_of(error: Exception, field: str = "") -> tuple[Fault, ...]:
    """``error`` の説明。原稿の誤りは、1 つずつ分ける。"""
    if isinstance(error, NotationError):
        return tuple(Fault(str(problem), field) for problem in error.problems)
    if isinstance(error, FormFault):
        return (Fault(str(error), error.field or field),)
    return (Fault(str(error), field),)


def url(*parts: object, **query: object) -> str:
    """画面の中の場所。``url("edit", "kawasaki/plan-6", "plain")``。空の値の query は付けない。"""
    path = "/".join([ROOT, *(quote(str(part), safe="/") for part in parts)])
    given = {name: value for name, value in query.items() if value not in (None, "")}
    return path + (f"?{urlencode(given)}" if given else "")


@dataclass(frozen=True, slots=True)
class Visitor:
    """ログインしている人。``token`` は、その人だけの合い言葉。"""

    account: Account
    token: str = field(repr=False)

    @property
    def actor(self) -> Actor:
        return self.account.actor

    def is_one_of(self, roles: Sequence[Role]) -> bool:
        return self.account.role in roles


@dataclass(frozen=True, slots=True)
class Asked:
    """求め。``path`` は場所の ``{}`` の値、``url`` は / から始まる場所、``origin`` はサイトの頭。

    ``address`` は相手の IP アドレス。``notice`` は、前のページの ``done`` の知らせ。``browsers`` は、前に
    入ったブラウザーの印（``app.console.browsers``）。
    """

    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Form
    url: str
    origin: str
    address: str
    secure: bool
    notice: str = ""
    browsers: Mapping[str, str] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """出版物の id（``kawasaki/plan-6``）か、社協の id。"""
        return "/".join(self.path[key] for key in ("council", "name") if key in self.path)


PageFunction = Callable[["Console", Visitor, Asked], Response]
DoorFunction = Callable[["Console", Asked], Response]


@dataclass(frozen=True, slots=True)
class Place:
    """ログインした人のページ。``path`` は ``ROOT`` の後。``show`` は GET、``send`` は POST。"""

    path: str
    show: PageFunction | None
    send: PageFunction | None = None
    roles: tuple[Role, ...] = STAFF
    label: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """ログインする前のページ。"""

    path: str
    show: DoorFunction
    send: DoorFunction


@dataclass(frozen=True, slots=True)
class Console:
    """どのページも使うもの。データベースへの接続は 1 つ（``engine``）を分け合う。

    ``out`` は公開する先のフォルダ、``now`` は時計、``key`` は署名の鍵、``places`` はページの表。
    """

    settings: Settings
    out: Path
    engine: Engine
    now: Clock
    key: bytes = field(repr=False)
    places: tuple[Place, ...]
    accounts: Accounts
    sessions: Sessions
    notices: Notices
    drafts: Drafts
    approvals: Approvals
    emergencies: Emergencies
    builds: Builds
    _titles: dict[int, str] = field(default_factory=dict, repr=False)

    # 答える -------------------------------------------------------------------

    def page(
        self,
        visitor: Visitor | None,
        asked: Asked,
        template: str,
        title: str,
        faults: Sequence[Fault] = (),
        *,
        status: int = 0,
        **values: object,
    ) -> Response:
        """ページ。``faults`` があれば、始めにまとめて示す（400）。``values`` は、ひな形の値。"""
        body = render(
            template,
            console=self,
            visitor=visitor,
            asked=asked,
            title=title,
            faults=faults,
            menu=self.menu(visitor),
            unread=self.notices.unread(visitor.account.name) if visitor else 0,
            url=url,
            person=cache(self.person),
            **values,
        )
        return Response(body, status or (400 if faults else 200), media_type="text/html")

    def done(self, asked: Asked, to: str, notice: str = "") -> Response:
        """できた。``to``（``url(…)``）へ移り、``notice`` を 1 度だけ見せる。"""
        response = RedirectResponse(to, 303)
        if notice:
            response.set_cookie(
                NOTICE_COOKIE,
                self._signed(notice),
                max_age=300,
                path=ROOT,
                secure=asked.secure,
                httponly=True,
                samesite="lax",
            )
        return response

    def notice_in(self, cookie: str) -> str:
        """``done`` の知らせ。この画面が署名したものでなければ、空。"""
        signature, _, packed = cookie.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(packed).encode()):
            return ""
        return base64.urlsafe_b64decode(packed).decode()

    def _signed(self, notice: str) -> str:
        packed = base64.urlsafe_b64encode(notice.encode()).decode()
        return f"{self._signature(packed)}.{packed}"

    def _signature(self, packed: str) -> str:
        return hmac.new(self.key, b"staff-notice:" + packed.encode(), "sha256").hexdigest()[:32]

    # 案内 ---------------------------------------------------------------------

    def menu(self, visitor: Visitor | None) -> tuple[Place, ...]:
        """上の案内に出すページ。"""
        return self._labelled(visitor, "")

    def council_places(self, visitor: Visitor) -> tuple[Place, ...]:
        """社協ごとのページ。場所は ``{council}`` だけを持つ。"""
        return self._labelled(visitor, "{council}")

    def text_places(self, visitor: Visitor) -> tuple[Place, ...]:
        """文章ごとのページ。場所は ``{council}/{name}/{register}`` を持つ。"""
        return self._labelled(visitor, "{council}/{name}/{register}")

    def _labelled(self, visitor: Visitor | None, holes: str) -> tuple[Place, ...]:
        if visitor is None:
            return ()
        return tuple(
            place
            for place in self.places
            if place.label
            and visitor.is_one_of(place.roles)
            and place.path[place.path.find("{") if "{" in place.path else len(place.path) :]
            == holes
        )

    # 名前 ---------------------------------------------------------------------

    def person(self, name: str) -> str:
        """画面に出す、人の名前。"""
        account = self.accounts.find(name)
        return account.display_name if account else name

    def councils(self, visitor: Visitor) -> dict[str, str]:
        """その人の受け持つ社協の、id と名前。id の順。"""
        return {id: name for id, name in self._councils() if visitor.actor.serves(id)}

    def name_of_council(self, council: str) -> str:
        return dict(self._councils()).get(council, council)

    def _councils(self) -> Iterator[tuple[str, str]]:
        for desk in self.approvals.desks(("council",)):
            if desk.published is not None:
                yield desk.subject, parse_council(desk.published.text, desk.subject).name

    def title(self, revision: Revision) -> str:
        """文章の題。前のプログラムの書き方で読めないものは、id。"""
        if revision.id not in self._titles:
            try:
                self._titles[revision.id] = self.approvals.publication(revision).title.text
            except NotationError:
                self._titles[revision.id] = revision.subject
        return self._titles[revision.id]

    def desks(self, visitor: Visitor) -> tuple[Desk, ...]:
        """その人の受け持つ文章の今。"""
        desks = self.approvals.desks()
        return tuple(d for d in desks if visitor.actor.serves(d.latest.council))

    def desk(self, visitor: Visitor, subject: str, kind: str) -> Desk:
        """1 つの文章の今。ないか、受け持ちでなければ ``NotFound``。"""
        found = next(
            (d for d in self.desks(visitor) if (d.subject, d.kind) == (subject, kind)), None
        )
        if found is None:
            raise NotFound("その文章はありません。最初のページの一覧から選んでください。")
        return found

    def links(self, places: Iterable[Place], **values: str) -> tuple[tuple[str, str], ...]:
        """（名前, 場所）。``places`` の ``{}`` に ``values`` を入れたもの。"""
        return tuple((p.label, ROOT + p.path.format(**values)) for p in places)


def named(title: str, kind: Kind) -> str:
    """「第6期計画（やさしい日本語）」。"""
    from app.console.words import KINDS

    return f"{title}（{KINDS[kind]}）"
