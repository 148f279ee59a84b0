"""ページの枠。ひな形（Jinja2）、ページの場所とリンク、ふりがなの有無。"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from markupsafe import Markup

from channels import facts
from channels.edition import Download
from channels.facts import Runs
from channels.markup import (
    Links,
    inline_markup,
    row_headed,
    sentence_markup,
    telephone_href,
    web_href,
)
from channels.wording import Value, Wording
from content.model import Block, Contact, Council, Publication, Register, Run, Section, Sentence

if TYPE_CHECKING:
    from jinja2 import Environment

    from accessibility.glossary import Entry

Above = Mapping[str, tuple[Section, ...]]
"""見出しの文の id ごとの、上の節（近いものから）。"""

HOME, RECEIVE, WORDS = "index.html", "receive.html", "words.html"
CHAT = "chat"
"""質問する場所。ファイルではなく、``tsutawaru serve`` が答える。"""


def hub_path(publication: str) -> str:
    """出版物の入口。``kawasaki/plan-6/index.html``。"""
    return f"{publication}/index.html"


def contact_path(council: str) -> str:
    return f"{council}/contact.html"


def chapter_file(section_id: str, ending: str = "html") -> str:
    """章のファイルの名前。もくじ（index.html）と重なる節だけ、id に使えない字を足して避ける。"""
    return f"{section_id}{'_' if section_id == 'index' else ''}.{ending}"


def with_ruby(path: str) -> str:
    folder, name = posixpath.split(path)
    return posixpath.join(folder, "ruby", name)


@dataclass(frozen=True, slots=True)
class Page:
    """ページひとつ。``address`` は出力先からの場所（ふりがななしの方）。ひな形が使う言葉とリンクを作る。

    ``rooted`` なページ（404）は、どの場所からも開けるように「/」から始まるリンクを持つ。
    ``marks`` は、文の id ごとの、言葉の説明へのリンク。
    """

    address: str
    wording: Wording
    ruby: bool = False
    rooted: bool = False
    language: str = "ja"
    marks: Mapping[str, Links] = field(default_factory=dict)

    def in_register(self, register: Register) -> Page:
        """その文章の読む人への言い方をする、同じページ。"""
        return replace(self, wording=self.wording.in_register(register))

    @property
    def path(self) -> str:
        return with_ruby(self.address) if self.ruby else self.address

    @property
    def twin(self) -> str:
        """同じページの、ふりがなの有無が逆の方。"""
        return self._to(self.address if self.ruby else with_ruby(self.address))

    def link(self, address: str, fragment: str = "") -> str:
        """ページへのリンク。ふりがなの有無を保つ。"""
        return self._to(with_ruby(address) if self.ruby else address, fragment)

    def exact(self, address: str, *, ruby: bool) -> str:
        return self._to(with_ruby(address) if ruby else address)

    def file(self, path: str) -> str:
        return self._to(path)

    def _to(self, path: str, fragment: str = "") -> str:
        folder = posixpath.dirname(self.path) or "."
        href = "/" + path if self.rooted else posixpath.relpath(path, folder)
        return quote(href) + (f"#{fragment}" if fragment else "")

    def t(self, key: str, **values: Value) -> Markup:
        return self.inline(self.wording.runs(key, **values))

    def text(self, key: str, **values: Value) -> str:
        """飾りのない文字。属性と ``<title>`` のため。"""
        return self.wording.text(key, **values)

    def name(self, text: str) -> Markup:
        return self.inline(self.wording.name(text))

    def word(self, entry: Entry) -> Markup:
        """言葉の説明の、見出しの語。"""
        return self.inline((Run(entry.words[0], entry.reading),))

    def inline(self, runs: Runs) -> Markup:
        return inline_markup(runs, ruby=self.ruby)

    def sentence(self, sentence: Sentence, *, linked: bool = True) -> Markup:
        marks = self.marks.get(sentence.id, {})
        return sentence_markup(sentence, ruby=self.ruby, linked=linked, marks=marks)

    def sentences(self, sentences: Sequence[Sentence]) -> Markup:
        return Markup().join(map(self.sentence, sentences))

    def length(self, seconds: float) -> Runs:
        return facts.length(seconds, self.wording)

    def date(self, contact: Contact) -> Runs:
        return facts.date(contact.checked_on, self.wording) if contact.checked_on else ()

    def purpose(self, purpose: str) -> Markup:
        return self.inline(self._purpose(purpose))

    def purposes(self, purposes: Sequence[str]) -> Runs:
        """「A、B」。目録にない目的は、社協の書いたまま。"""
        listed: list[Run] = []
        for purpose in purposes:
            listed += [Run("、"), *self._purpose(purpose)] if listed else self._purpose(purpose)
        return tuple(listed)

    def listed(self, texts: Sequence[str]) -> Runs:
        """「A、B」。"""
        listed: list[Run] = []
        for text in texts:
            listed += [Run("、"), *self.wording.name(text)] if listed else self.wording.name(text)
        return tuple(listed)

    def _purpose(self, purpose: str) -> Runs:
        key = f"purpose.{purpose}"
        return self.wording.runs(key) if key in self.wording else self.wording.name(purpose)

    def opens(self, channel: str, format: str) -> Runs:
        """ファイルを開くもの。形式の説明がなければ、媒体の説明。"""
        keys = (f"format.{format}.opens", f"way.{channel}.opens")
        return next((self.wording.runs(key) for key in keys if key in self.wording), ())

    def format(self, format: str) -> Markup:
        return self.inline(self._format(format))

    def _format(self, format: str) -> Runs:
        key = f"format.{format}"
        return self.wording.runs(key) if key in self.wording else (Run(format.upper()),)

    def told(self, publication: Publication, download: Download, above: Above) -> str:
        """ファイルの形式、文章、題名。リンクの一覧でも、ほかのファイルと見分けられるように（WCAG 2.4.9）。"""
        title = download.title
        told = [section.heading.text for section in above.get(title.id, ())]
        told.append(facts.text(self._format(download.format)))
        told.append(self.text(f"register.{publication.register}"))
        if title.text != publication.title.text:
            told.append(publication.title.text)
        return "：".join(told)


@dataclass(frozen=True, slots=True)
class Footer:
    """ページの下に示す、社協の問い合わせ先と、声と、校正の有無（声があるとき）。

    ``ward`` の計画には、その区のものだけを示す。
    """

    council: Council | None
    ward: str | None = None
    credit: str = ""
    proofread: Runs = ()

    @property
    def contacts(self) -> tuple[tuple[str, tuple[Contact, ...]], ...]:
        return tuple((p, found) for p in facts.purposes(self.council) if (found := self._for(p)))

    @property
    def unset(self) -> tuple[str, ...]:
        return tuple(p for p in facts.purposes(self.council) if not self._for(p))

    @property
    def adjustment(self) -> bool:
        return bool(self._for(facts.ADJUSTMENT))

    def _for(self, purpose: str) -> tuple[Contact, ...]:
        return facts.contacts_for(self.council, purpose, self.ward)


class Templates:
    """ひな形。ページごとに 1 回 ``render`` する。"""

    def __init__(self) -> None:
        self._environment = _environment()

    def render(self, template: str, page: Page, **values: object) -> bytes:
        return self._environment.get_template(template).render(page=page, **values).encode()


@cache
def _environment() -> Environment:
    """ひな形を読むもの。ひな形の翻訳（0.3 秒ほど）は、一度だけにする。"""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("channels"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "HOME": HOME,
        "RECEIVE": RECEIVE,
        "CHAT": CHAT,
        "WORDS": WORDS,
        "hub_path": hub_path,
        "contact_path": contact_path,
        "ending": _ending,
        "headings_above": headings_above,
        "kind": _kind,
        "plain_text": facts.text,
        "row_headed": row_headed,
        "size": facts.size,
        "telephone_href": telephone_href,
        "web_href": web_href,
        "plan_facts": plan_facts,
    }
    return environment


def plan_facts(publication: Publication, page: Page) -> tuple[facts.Fact, ...]:
    return facts.plan_facts(publication, page.wording)


def headings_above(publication: Publication) -> Above:
    """同じ見出しがほかにもある節の、上の節。"""
    counts = Counter(section.heading.text for section in publication.sections)
    found: dict[str, tuple[Section, ...]] = {}
    outer: list[Section] = []
    for section in publication.sections:
        outer = [s for s in outer if s.level < section.level]
        if outer and counts[section.heading.text] > 1:
            found[section.heading.id] = tuple(reversed(outer))
        outer.append(section)
    return found


def _ending(path: str) -> str:
    """ファイルの名前の終わり。「MP3」「ZIP」「EPUB」。"""
    return posixpath.splitext(path)[1].removeprefix(".").upper()


def _kind(block: Block) -> str:
    return type(block).__name__
