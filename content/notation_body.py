"""原稿の本文を読む。見出しから次の見出しまでを節にし、中身をブロックにする。

ブロックは CommonMark の見出し・箇条書き・表・引用だけを使う（markdown-it-py の "zero" に足す。
強調などの文中の記法は日本語でよく誤って読まれるので使わない）。書きまちがいを黙って文章や
空の欄にしないよう、CommonMark が見逃す形は誤りとして知らせる。
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from markdown_it import MarkdownIt
from markdown_it.token import Token

from content.inline import InlineError, parse_inline, split_sentences
from content.model import (
    Block,
    Document,
    Image,
    Item,
    List,
    Note,
    Paragraph,
    Picture,
    Run,
    Section,
    Sentence,
    Table,
)
from content.pictures import is_picture_name, picture_fault
from content.problems import Problems

LoadPicture = Callable[[str], bytes | None]

_SECTION_ID = re.compile(r"[a-z][a-z0-9-]*")
_HEADING_ID = re.compile(r"\s*(?<!\\)\{#(?P<id>[^{}]*)\}$")
_DOCUMENT = re.compile(
    r"(?<!\\)(?:\\\\)*(?P<mark>\[(?P<kind>[A-Za-z]+)/(?P<size>[^\[\]\\/|｜《》]+)\])"
    r"(?:\((?P<url>[^()]*)\))?$"
)
_LINK = re.compile(r"https?://[^\s()]+")
_IMAGE = re.compile(r"!\[(?P<alternative>(?:\\.|[^\[\]\\])*)\]\((?P<source>[^()]*)\)")
_CAPTION = re.compile(r"表[:：](?P<caption>.*)")
_INDENTED_MARK = re.compile(r"[ \t　]+(?:[-*+]|\d+[.)])[ \t]", re.ASCII)
_INNER = frozenset({"paragraph_open", "paragraph_close", "inline"})


def read_inline(source: str, line: int, problems: Problems) -> tuple[Run, ...]:
    try:
        return parse_inline(source)
    except InlineError as error:
        problems.add(line, str(error))
        return ()


class BodyReader:
    """1 つの原稿の本文を読む。``read`` は 1 度だけ呼ぶ。"""

    def __init__(self, problems: Problems, load_picture: LoadPicture) -> None:
        self._problems = problems
        self._load_picture = load_picture
        self._pictures: dict[str, Picture] = {}
        self._ids: dict[str, int] = {}
        self._lines: list[str] = []
        self._first_line = 1
        # 直前にあった表の題。次のブロックは表でなければならない。
        self._caption: Sentence | None = None

    def read(self, body: str, first_line: int) -> tuple[tuple[Section, ...], tuple[Picture, ...]]:
        """節と、使われている画像（名前の順）。``first_line`` は ``body`` の 1 行目の行番号。"""
        self._first_line = first_line
        self._lines = body.split("\n")
        for number, text in enumerate(self._lines, first_line):
            if _INDENTED_MARK.match(text):
                self._problems.add(
                    number, "箇条書きの段は 1 つだけです。行の頭の空白を消してください。"
                )
        # 行の頭の全角空白（段落の字下げ）と、4 つ以上の空白は、書き方としての意味を持たない。
        self._lines = [line.strip() for line in self._lines]
        sections: list[Section] = []
        for group in _groups(_markdown().parse("\n".join(self._lines))):
            line = self._line(group[0])
            if group[0].type == "heading_open":
                self._check_caption_used(line)
                sections.append(self._heading(group, line, sections[-1].level if sections else 0))
                continue
            if not sections:
                self._problems.add(line, "本文の最初には見出しを書いてください（例 # はじめに）。")
                sections.append(Section("start", 1, Sentence("", ())))
            blocks = (*sections[-1].blocks, *self._block(group, line))
            sections[-1] = replace(sections[-1], blocks=blocks)
        self._check_caption_used(first_line + len(self._lines) - 1)
        if not sections:
            self._problems.add(
                first_line, "本文がありません。見出し（# …）と文章を書いてください。"
            )
        return tuple(sections), tuple(self._pictures[name] for name in sorted(self._pictures))

    def _line(self, token: Token) -> int:
        return self._first_line + (token.map[0] if token.map else 0)

    def _sentence(self, source: str, line: int) -> Sentence:
        return Sentence("", read_inline(source, line, self._problems))

    def _sentences(self, source: str, line: int) -> tuple[Sentence, ...]:
        runs = read_inline(source, line, self._problems)
        return tuple(Sentence("", part) for part in split_sentences(runs))

    def _heading(self, group: Sequence[Token], line: int, above: int) -> Section:
        level = int(group[0].tag[1])
        source = group[1].content
        match = _HEADING_ID.search(source)
        heading = self._sentence(source[: match.start()] if match else source, line)
        id = match["id"] if match else derived_id(heading.text)
        if not heading.text.strip():
            self._problems.add(line, "見出しの言葉がありません。# の後に見出しを書いてください。")
        if not _SECTION_ID.fullmatch(id):
            self._problems.add(
                line,
                f"見出しの目印「{id}」は、英小文字で始まる半角の英小文字と数字と - で書いてください。",
            )
        if id in self._ids:
            self._problems.add(
                line,
                f"見出しの目印「{id}」は {self._ids[id]} 行目と同じです。"
                "見出しの後ろに {#別の目印} を付けてください。",
            )
        self._ids.setdefault(id, line)
        if level > above + 1:
            self._problems.add(
                line,
                f"見出しの段が飛んでいます。「{'#' * level}」を「{'#' * (above + 1)}」にしてください。",
            )
        return Section(id, level, heading)

    def _block(self, group: Sequence[Token], line: int) -> Iterator[Block]:
        if group[0].type != "table_open":
            self._check_caption_used(line)
        match group[0].type:
            case "paragraph_open":
                yield from self._paragraph(group[1].content, line)
            case "bullet_list_open" | "ordered_list_open":
                yield self._list(group, line)
            case "table_open":
                yield self._table(group, line)
            case "blockquote_open":
                yield self._note(group, line)
            case kind:  # markdown-it の "zero" に足したもののほかは現れない
                raise AssertionError(kind)

    def _check_caption_used(self, line: int) -> None:
        if self._caption is not None:
            self._problems.add(
                line, "「表: …」の次には表を書いてください（| 見出し | 見出し | の行から）。"
            )
            self._caption = None

    def _joined(self, content: str, line: int, *, alone: bool = False) -> str:
        """改行をつないだ文章。見出しなどの書きまちがいを、文章に混ぜずに知らせる。

        ``alone`` は、1 行目に画像と表の題を書ける（段落である）こと。
        """
        lines = [text.strip() for text in content.split("\n")]
        for number, (above, text) in enumerate(pairwise(["", *lines]), line):
            first = alone and number == line
            if text.startswith("#"):
                self._problems.add(
                    number,
                    "見出しは、# を 6 個までにして、後に空白を 1 つ入れてください。"
                    "文字の # なら、前に \\ を付けてください。",
                )
            elif text.startswith("|") and not above.startswith("|"):
                self._problems.add(
                    number,
                    "表の形になっていません。見出しの行のすぐ下に |---|---| の行を、見出しと同じ数だけ"
                    "書いてください。文字の | なら、前に \\ を付けてください。",
                )
            elif text.startswith("![") and not first:
                self._problems.add(
                    number, "画像は、箇条書きや注の外に、前後に空の行を置いて書いてください。"
                )
            elif _CAPTION.match(text) and alone and not first:
                self._problems.add(number, "「表: …」の行の前に、空の行を置いてください。")
        return _join(lines)

    def _paragraph(self, content: str, line: int) -> Iterator[Block]:
        source = self._joined(content, line, alone=True)
        if caption := _CAPTION.fullmatch(source):
            self._caption = self._sentence(caption["caption"].strip(), line)
            if not self._caption.text:
                self._problems.add(line, "「表:」の後に、表の題を書いてください。")
        elif not source.startswith("!["):
            yield Paragraph(self._sentences(source, line))
        elif match := _IMAGE.fullmatch(source):
            yield self._image(match, line)
        else:
            self._problems.add(
                line,
                "画像は ![写真の説明](ファイル名) の形で、1 行に 1 つ、前後に空の行を置いて"
                "書いてください。",
            )

    def _image(self, match: re.Match[str], line: int) -> Image:
        name, alternative = match["source"].strip(), match["alternative"].strip()
        if not alternative:
            self._problems.add(
                line, "画像の説明がありません。![写真の説明](ファイル名) と書いてください。"
            )
        if name and name not in self._pictures:
            data = self._load_picture(name) if is_picture_name(name) else None
            fault = picture_fault(name, data)
            if fault:
                self._problems.add(line, fault)
            if data is not None:
                self._pictures[name] = Picture(name, data)
        return Image(name, self._sentence(alternative, line))

    def _list(self, group: Sequence[Token], line: int) -> List:
        outer = group[0].type.removesuffix("_open")
        flat = _INNER | {f"{outer}_open", f"{outer}_close", "list_item_open", "list_item_close"}
        inlines = [t for t in group if t.type == "inline"]
        opened = [t.type for t in group if t.nesting == 1]
        if (
            any(t.type not in flat for t in group)
            or opened.count(f"{outer}_open") != 1
            or opened.count("list_item_open") != len(inlines)
        ):
            self._problems.add(
                line, "箇条書きの 1 項目には、文章を 1 つだけ、段を下げずに書いてください。"
            )
        # 型は番号を持たない（1 から数える）。原文の番号が黙って変わらないように断る。
        if group[0].attrGet("start") not in (None, 1):
            self._problems.add(
                line,
                "番号つきの箇条書きは 1 から始めてください。ほかの番号から始めるときは、2\\. のように"
                "番号の後に \\ を付けて、段落として書いてください。",
            )
        items = (self._item(t.content, self._line(t)) for t in inlines)
        return List(tuple(items), ordered=outer == "ordered_list")

    def _item(self, content: str, line: int) -> Item:
        source = self._joined(content, line)
        match = _DOCUMENT.search(source)
        if not match:
            return Item(self._sentences(source, line))
        shown = self._sentence(source[: match.end("mark")], line)
        title = shown.text.removesuffix(match["mark"]).strip()
        url = match["url"]
        if shown.runs and not title:
            self._problems.add(line, f"{match['mark']} の前に、資料の名前を書いてください。")
        if url is not None and not _LINK.fullmatch(url):
            self._problems.add(
                line,
                f"リンク「{url}」は https:// で始まるアドレスにして、空白と ( ) は %20 のように"
                "書きかえてください。",
            )
        return Item((shown,), Document(title, match["kind"], match["size"], url))

    def _table(self, group: Sequence[Token], line: int) -> Table:
        rows: list[list[Sentence]] = []
        for token in group:
            if token.type == "tr_open":
                rows.append([])
                self._check_cells(self._line(token), line)
            elif token.type == "inline":
                rows[-1].append(self._sentence(token.content, self._line(token)))
        caption, self._caption = self._caption, None
        header, *body = (tuple(row) for row in rows)
        return Table(caption, header, tuple(body))

    def _check_cells(self, line: int, header_line: int) -> None:
        """欄の数。多い欄は markdown-it が捨て、表に続く文章は 1 つの欄になってしまう。"""
        cells, expected = (_cells(self._lines[n - self._first_line]) for n in (line, header_line))
        if cells != expected:
            self._problems.add(
                line,
                f"表の欄の数が {cells} で、見出しの {expected} と違います。| で同じ数に区切ってください"
                "（欄の中の | には前に \\ を付けます。表が終わったら空の行を置きます）。",
            )

    def _note(self, group: Sequence[Token], line: int) -> Note:
        inlines = [t for t in group if t.type == "inline"]
        inner = _INNER | {"blockquote_open", "blockquote_close"}
        opened = sum(t.type == "blockquote_open" for t in group)
        if len(inlines) != 1 or opened != 1 or any(t.type not in inner for t in group):
            self._problems.add(line, "注（> の行）には、段落を 1 つだけ書いてください。")
            return Note(())
        return Note(self._sentences(self._joined(inlines[0].content, line), line))


def _markdown() -> MarkdownIt:
    # 文中の記法は content.inline が読むので、markdown-it には段落までを分けさせる。
    return (
        MarkdownIt("zero")
        .enable(["heading", "list", "table", "blockquote"])
        .disable(["inline", "text_join"])
    )


def _groups(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """いちばん外側のブロックごとの、トークンの列。"""
    start = 0
    for index, token in enumerate(tokens):
        if token.level == 0 and token.nesting != 1:
            yield tokens[start : index + 1]
            start = index + 1


def _join(lines: Sequence[str]) -> str:
    """日本語の行は空けずに、英数字どうしの行は空白を 1 つ入れてつなぐ。"""
    joined = lines[0]
    for line in lines[1:]:
        ascii_pair = joined[-1:].isascii() and line[:1].isascii() and joined and line
        joined += (" " if ascii_pair else "") + line
    return joined


def _cells(row: str) -> int:
    """表の 1 行の欄の数。``\\|`` は区切りではない。"""
    inner = re.sub(r"^\||(?<!\\)\|$", "", row)
    return len(re.split(r"(?<!\\)\|", inner))


def derived_id(heading: str) -> str:
    """``{#…}`` のない見出しの目印。見出しの言葉だけから決まる（文の id とは重ならない）。"""
    return "s-" + hashlib.sha256(f"#{heading}".encode()).hexdigest()[:8]
