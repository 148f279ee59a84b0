"""出版物の型。すべての版（ページ、音声、点字…）は、この型の値だけから作られる。

変更できない dataclass の木である。``notation`` が文字から作り、``accessibility.readings`` が
読みを付けた新しい木を返し、``channels`` が版にする。標準ライブラリのほかは何も使わない。
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

Register = Literal["standard", "plain"]
REGISTERS: tuple[Register, ...] = ("standard", "plain")

# 問い合わせ先の目的。画面に出す順。
PURPOSES = ("計画", "相談", "災害", "寄附", "緊急", "合理的配慮")


@dataclass(frozen=True, slots=True)
class Word:
    """声の単位（形態素ひとつ）。

    ``sound`` は発音どおりのカタカナ（助詞は「ワ」、長音は「ー」、無声化は「’」）。間は「、」か「？」。
    ``accent`` はアクセント核の位置（モーラ、0 は平板）。``chained`` は前の語と同じアクセント句に
    続くこと。``pos`` は品詞「品詞,細分類1,細分類2,細分類3,活用型,活用形」。
    """

    sound: str
    accent: int = 0
    chained: bool = False
    pos: str = ""

    @property
    def is_pause(self) -> bool:
        return self.sound in ("、", "？", "！")


@dataclass(frozen=True, slots=True)
class Run:
    """文の一部分。ふりがなを振る単位でもある。

    ``reading`` はかなづかいどおりの読み（ひらがな。カタカナ語はカタカナ）。``None`` はまだ読みが
    付いていないこと、``""`` は読まないこと（かっこなど）。``words`` は声にするときの語の列で、
    読みを付ける前は空である。``text`` が空の Run は、見えずに読まれる言葉（「表 終わり」など）か、
    読みの辞書が入れた間（``words`` は「、」だけ）。
    ``fixed`` は、書いた人が ``｜漢字《かな》`` で読みを決めたこと。
    """

    text: str
    reading: str | None = None
    words: tuple[Word, ...] = ()
    fixed: bool = False
    doubtful: bool = False

    @property
    def sound(self) -> str:
        """発音どおりのカタカナ。間を除く。無声化の記号は付けない。"""
        return "".join(w.sound for w in self.words if not w.is_pause).replace("’", "")


@dataclass(frozen=True, slots=True)
class Sentence:
    """文。ふりがな、音声の切れ目、強調表示、点字、引用、キャッシュの単位。

    ``id`` は出版物の中でただひとつ。``[a-z0-9_-]`` だけからなり、英字で始まる。文章をつなぐと
    ``text`` になる（見えない Run の文章は空なので、足しても変わらない）。
    """

    id: str
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(r.text for r in self.runs)

    @property
    def sound(self) -> str:
        return "".join(r.sound for r in self.runs)


@dataclass(frozen=True, slots=True)
class Document:
    """もとの資料（PDF など）。``url`` がなければ「リンク未登録」と示す。"""

    title: str
    kind: str
    size: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Paragraph:
    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """箇条書きのひとつ。資料を指す項目には ``document`` がある。"""

    sentences: tuple[Sentence, ...]
    document: Document | None = None


@dataclass(frozen=True, slots=True)
class List:
    items: tuple[Item, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """表。``header`` は見出しの行、``rows`` は本体。欄ひとつが文ひとつ。空の欄の文は空。"""

    caption: Sentence | None
    header: tuple[Sentence, ...]
    rows: tuple[tuple[Sentence, ...], ...]


@dataclass(frozen=True, slots=True)
class Image:
    """図や写真。``source`` が空なら、もとの冊子にあって、ここにはない写真。"""

    source: str
    alternative: Sentence


@dataclass(frozen=True, slots=True)
class Note:
    """注。"""

    sentences: tuple[Sentence, ...]


Block = Paragraph | List | Table | Image | Note


def block_sentences(block: Block) -> Iterator[Sentence]:
    """ブロックの文を、読む順に返す。"""
    match block:
        case Paragraph(sentences) | Note(sentences):
            yield from sentences
        case List(items):
            for item in items:
                yield from item.sentences
        case Table(caption, header, rows):
            if caption is not None:
                yield caption
            yield from header
            for row in rows:
                yield from row
        case Image(_, alternative):
            yield alternative


@dataclass(frozen=True, slots=True)
class Section:
    """見出しと、次の見出しまでの中身。``level`` は 1〜6。音声のファイルひとつにあたる。"""

    id: str
    level: int
    heading: Sentence
    blocks: tuple[Block, ...] = ()

    @property
    def sentences(self) -> Iterator[Sentence]:
        yield self.heading
        for block in self.blocks:
            yield from block_sentences(block)


@dataclass(frozen=True, slots=True)
class Contact:
    """問い合わせ先。``purpose`` は ``PURPOSES`` のどれか。別の目的のものを代わりに出してはならない。"""

    purpose: str
    name: str
    telephone: str = ""
    fax: str = ""
    mail: str = ""
    address: str = ""
    ward: str = ""
    checked_on: datetime.date | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Council:
    """社会福祉協議会。``id`` は ``kawasaki`` のような英小文字。``texts_notice`` は文章の権利の断り。"""

    id: str
    name: str
    contacts: tuple[Contact, ...] = ()
    texts_notice: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """計画の身もと。もとの資料にないことは ``None`` のままにし、画面で「書かれていません」と示す。

    ``first_year``・``last_year`` は年度（西暦）。``extended_to`` は延長後の最後の年度。
    """

    issuer: str
    series: str
    number: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    extended_to: int | None = None
    ward: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """画像の中身。``name`` は ``Image.source`` と同じ。"""

    name: str
    data: bytes


# 本文から計画の事実を取り出すときの、決まった節の id。
PHILOSOPHY, GOALS, INITIATIVES, FOCUS = "philosophy", "goals", "initiatives", "focus"


@dataclass(frozen=True, slots=True)
class Publication:
    """出版物。ふつうの版とやさしい日本語の版は、同じ ``id`` と同じ節の id を持つ別々の値である。

    ``id`` は ``kawasaki/plan-6`` のような「社協/名前」。``date`` は中身の日付（版の日付に使う）。
    ``proofread`` は、人が読み方と音声の校正を終えた日。``None`` は未校正。
    理念・目標・取組・重点項目は本文に一度だけ書き、決まった id の節から取り出す。
    """

    id: str
    register: Register
    title: Sentence
    plan: Plan
    date: datetime.date
    sections: tuple[Section, ...]
    pictures: tuple[Picture, ...] = ()
    proofread: datetime.date | None = None

    language: ClassVar[str] = "ja"

    @property
    def council(self) -> str:
        return self.id.split("/")[0]

    @property
    def name(self) -> str:
        return self.id.split("/")[1]

    @property
    def sentences(self) -> Iterator[Sentence]:
        yield self.title
        for section in self.sections:
            yield from section.sentences

    @property
    def chapters(self) -> tuple[tuple[Section, ...], ...]:
        """段 1 の節ごとのまとまり。ページひとつにあたる。"""
        chapters: list[list[Section]] = []
        for section in self.sections:
            if section.level == 1 or not chapters:
                chapters.append([])
            chapters[-1].append(section)
        return tuple(tuple(c) for c in chapters)

    def section(self, id: str) -> Section | None:
        return next((s for s in self.sections if s.id == id), None)

    @property
    def philosophy(self) -> tuple[str, ...]:
        """基本理念の文。もとの資料にないときは空。"""
        return self._texts(PHILOSOPHY)

    @property
    def goals(self) -> tuple[str, ...]:
        return self._texts(GOALS)

    @property
    def initiatives(self) -> tuple[str, ...]:
        """取組の名前（``initiatives`` の節の下の見出し）。"""
        return tuple(s.heading.text for s in self._below(INITIATIVES))

    @property
    def focus_items(self) -> tuple[str, ...]:
        return tuple(s.heading.text for s in self.sections if re.fullmatch(rf"{FOCUS}-\d+", s.id))

    @property
    def documents(self) -> tuple[Document, ...]:
        return tuple(
            item.document
            for section in self.sections
            for block in section.blocks
            if isinstance(block, List)
            for item in block.items
            if item.document
        )

    def sentences_of(self, id: str) -> tuple[Sentence, ...]:
        """その id の節の、段落と箇条書きの文。節がなければ空。"""
        section = self.section(id)
        blocks = section.blocks if section else ()
        return tuple(
            s for b in blocks if isinstance(b, Paragraph | List) for s in block_sentences(b)
        )

    def _texts(self, id: str) -> tuple[str, ...]:
        return tuple(s.text for s in self.sentences_of(id))

    def _below(self, id: str) -> Iterator[Section]:
        sections = iter(self.sections)
        parent = next((s for s in sections if s.id == id), None)
        for section in sections:
            if parent is None or section.level <= parent.level:
                return
            yield section
