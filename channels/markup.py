"""文を HTML にする。ふりがなと分かち書きの二重の書き方、電話とメールのリンク、言葉の説明。

``<ruby>`` や、言葉の間を空けるための ``<span>`` で区切った文は、読み上げソフトで切れ切れに読まれる。
そこで、見せるだけの写し（``inert``: 読み上げ、検索、コピーから外れる。HTML 6.3）と、もとの文章を
同じ場所に重ねる。文章は、リンクがあっても切らない（ページの中の検索は、重ねた文章の切れ目を越えない）。ふりがなのないページで言葉の間を空けないときは、もとの文章だけを見せる（site.css）。
電子書籍には、文ごとの音声と、ふりがなのない本が別にあるので、ふつうの ``<ruby>`` を書く（``book_*``）。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from accessibility.phrases import phrase_starts
from accessibility.ruby import RubyPart, ruby_parts
from content.model import Run, Sentence, Table

_LINK = re.compile(
    r"(?P<telephone>(?<![\d０-９-])0\d{1,4}[-‐－(（]\d{1,4}[-‐－)）]\d{3,4}(?!\d))"
    r"|(?P<mail>(?a:[\w.+-]+@[\w-]+(?:\.[\w-]+)+))"
    r"|(?P<url>https?://[!-~]+)"
)
_FAX = re.compile(r"(?:FAX|ＦＡＸ|Fax|fax|ファックス|ファクス|ファクシミリ)[^\d０-９]*$")
EXPLANATION = re.compile(r"〈[^〈〉]*〉")
_RUBY = "<ruby>%s<rp>（</rp><rt>%s</rt><rp>）</rp></ruby>"
_BREAK = re.compile("[、。，．！？」』）〉・]+")
_UNBROKEN = 8
"""折らない部分の、字の数の上限。いちばん狭い画面（320px）の見出しにも、ふりがなごと入る。"""
_SPACE = '<span class="w"></span>'
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]*")
_NOT_IN_URL = re.compile(r"[^!#-;=?-Z_a-z~\x80-\U0010ffff]|%(?![0-9A-Fa-f]{2})")
_COPY = '<span class="r" inert aria-hidden="true" translate="no">%s</span>'
_TEXT = '<span class="t">%s</span>'
_LINKING = '<span class="u">{0}</span><span class="c">{1}</span>{2}'
"""リンクのある文。写しを見せないときの文、写し（リンクもここにある）、見えない文章。"""

Links = Mapping[tuple[int, int], Markup]
"""文の中の範囲と、そこを囲む ``<a …>``。"""
_NO_LINKS: Links = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Piece:
    """文の一部分。``begin`` は文の中の位置。``link`` は、リンクなら、囲む ``<a …>``。"""

    parts: tuple[RubyPart, ...]
    begin: int = 0
    link: Markup | None = None

    @property
    def text(self) -> str:
        return "".join(part.text for part in self.parts)

    def enclosed(self, html: Markup) -> Markup:
        """``html`` を、リンクなら、リンクで囲む。"""
        return self.link + html + Markup("</a>") if self.link else html


def sentence_markup(
    sentence: Sentence, *, ruby: bool, linked: bool = True, marks: Links = _NO_LINKS
) -> Markup:
    """id の付いた文。文章は ``sentence.text`` のまま変わらない。

    ``marks`` は、電話やメールのほかに、リンクにする所（言葉の説明）。
    """
    parts = _parts(sentence.runs, ruby=ruby)
    spaces = frozenset(phrase_starts(sentence.runs))
    pieces = _pieces(parts, marks) if linked else [_Piece(tuple(parts))]
    shown = Markup().join(p.enclosed(_explained([RubyPart(p.text)])) for p in pieces)
    kind = "s"
    if spaces or any(part.ruby for part in parts):
        kind = "s d"
        copy = Markup().join(_copied(p, spaces) for p in pieces)
        plain = _explained([RubyPart(sentence.text)])
        linking = any(p.link for p in pieces)
        shown = Markup((_LINKING if linking else "{1}{2}").format(shown, copy, _TEXT % plain))
    return Markup(f'<span class="{kind}" id="{escape(sentence.id)}">{shown}</span>')


def inline_markup(runs: Iterable[Run], *, ruby: bool) -> Markup:
    """id もリンクもない言葉。ボタンや目次のリンクの中に置ける。"""
    parts = _parts(runs, ruby=ruby)
    plain = _explained([RubyPart("".join(part.text for part in parts))])
    if not any(part.ruby for part in parts):
        return plain
    return Markup(f'<span class="d">{_COPY % _explained(parts)}{_TEXT % plain}</span>')


def book_sentence(
    sentence: Sentence,
    *,
    ruby: bool,
    spaced: bool = False,
    linked: bool = True,
    marks: Links = _NO_LINKS,
) -> Markup:
    """電子書籍の、id の付いた文。``linked`` が偽なら、リンクにしない（リンクの中に置くため）。

    ``spaced`` は、言葉の間を空けること（分かち書き）。
    """
    parts = _parts(sentence.runs, ruby=ruby)
    spaces = frozenset(phrase_starts(sentence.runs)) if spaced else frozenset[int]()
    pieces = _pieces(parts, marks) if linked else [_Piece(tuple(parts))]
    html = Markup().join(
        Markup(_SPACE if p.begin in spaces else "")
        + p.enclosed(_explained(p.parts, p.begin, spaces))
        for p in pieces
    )
    return Markup(f'<span class="s" id="{escape(sentence.id)}">{html}</span>')


def book_inline(runs: Iterable[Run], *, ruby: bool) -> Markup:
    """電子書籍の、id もリンクもない言葉。"""
    return _explained(_parts(runs, ruby=ruby))


def unbroken(runs: Iterable[Run], begin: int, end: int) -> bool:
    """文の ``begin`` から ``end`` までを、ふりがなの途中で切らずに囲めるか。"""
    return bool(_cut(_parts(runs, ruby=True), [(begin, end)])[1])


def row_headed(table: Table) -> bool:
    """最初の列が行の見出しになるか。空や同じ言葉がなければ、行を言い当てる。"""
    first = [row[0].text for row in table.rows]
    return len(table.header) > 1 and all(first) and len(set(first)) == len(first)


def web_href(url: str) -> str | None:
    """アドレスに書けない字を %20 のようにする。アドレスになっていなければ ``None``。"""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return None
    if not host or not _HOST.fullmatch(host):
        return None
    address, mark, place = url.partition("#")
    url = address + mark + place.replace("#", "%23")
    return _NOT_IN_URL.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), url)


def telephone_href(text: str) -> str:
    return "tel:" + re.sub(r"[^\d+]", "", unicodedata.normalize("NFKC", text))


def _parts(runs: Iterable[Run], *, ruby: bool) -> list[RubyPart]:
    shown = [run for run in runs if run.text]
    if not ruby:
        return [RubyPart("".join(run.text for run in shown), None)] if shown else []
    return [part for run in shown for part in ruby_parts(run)]


def _copied(piece: _Piece, spaces: frozenset[int]) -> Markup:
    """見せるための写し。リンクの名前は、読み上げソフトのために別に書く（写しは読まれない）。"""
    copy = Markup(_COPY % _explained(piece.parts, piece.begin, spaces))
    if piece.link:
        label = Markup(' aria-label="{}">').format(piece.text)
        copy = Markup(piece.link.removesuffix(">")) + label + copy + Markup("</a>")
    return Markup(_SPACE if piece.begin in spaces else "") + copy


def _explained(
    parts: Sequence[RubyPart], begin: int = 0, spaces: frozenset[int] = frozenset()
) -> Markup:
    """言葉の説明〈…〉を、控えめな書き方にする。``spaces`` は、前を空ける所（``begin`` から数える文の中）。"""
    text = "".join(p.text for p in parts)
    explanations = [m.span() for m in EXPLANATION.finditer(text)]
    inside = {p - begin for p in spaces if begin < p < begin + len(text)}
    ends = {m.end() for m in _BREAK.finditer(text)} if inside else set()
    cut, kept = _cut(parts, [*explanations, *((p, p) for p in inside | ends)])
    opens = {start for start, end in kept if end > start}
    closes = {end for start, end in kept if end > start}
    borders = {border for span in kept for border in span}
    html: list[str] = []  # ページの中でいちばん多い仕事なので、Markup は終わりに一度だけ作る
    group: list[RubyPart] = []
    position = 0
    for part in cut:
        if position in inside:
            html.append(_SPACE)
        if position in opens:
            html.append('<span class="x">')
        group.append(part)
        position += len(part.text)
        if position in borders or position == len(text):
            html.append(_grouped(group, whole=bool(inside)))
            group = []
        if position in closes:
            html.append("</span>")
    return Markup("".join(html))


def _grouped(parts: Sequence[RubyPart], *, whole: bool) -> str:
    """切れ目のない部分。``whole`` なら、漢字とおくりがなの間で折らない（折れると、切れ目に見える）。"""
    html = "".join(
        _RUBY % (escape(p.text), escape(p.ruby)) if p.ruby else escape(p.text) for p in parts
    )
    short = sum(len(p.text) for p in parts) <= _UNBROKEN
    ruby = len(parts) > 1 and any(p.ruby for p in parts)
    return f'<span class="k">{html}</span>' if whole and short and ruby else html


def _pieces(parts: Sequence[RubyPart], marks: Links) -> list[_Piece]:
    text = "".join(p.text for p in parts)
    links = dict(_links(text))
    taken = {place for start, end in links for place in range(start, end)}
    links |= {span: tag for span, tag in marks.items() if taken.isdisjoint(range(*span))}
    cut, spans = _cut(parts, list(links))
    borders = {position for span in spans for position in span}
    tags = {start: links[start, end] for start, end in spans}
    pieces: list[_Piece] = []
    position = 0
    for part in cut:
        if not pieces or position in borders:
            pieces.append(_Piece((part,), position, tags.get(position)))
        else:
            pieces[-1] = replace(pieces[-1], parts=(*pieces[-1].parts, part))
        position += len(part.text)
    return pieces


def _links(text: str) -> Iterator[tuple[tuple[int, int], Markup]]:
    for match in _LINK.finditer(text):
        if match["mail"]:
            yield match.span(), _tag("mailto:" + match["mail"])
        elif match["url"]:
            if href := web_href(match["url"]):
                yield match.span(), _tag(href)
        elif not _FAX.search(text[: match.start()]):  # ファックスに電話をかけさせない
            yield match.span(), _tag(telephone_href(match["telephone"]))


def _tag(href: str) -> Markup:
    return Markup('<a href="{}">').format(href)


def _cut(
    parts: Sequence[RubyPart], spans: Sequence[tuple[int, int]]
) -> tuple[list[RubyPart], list[tuple[int, int]]]:
    """範囲の両端で分ける。ふりがなの途中にかかる範囲は、なかったことにする。"""
    fixed: set[int] = set()
    position = 0
    for part in parts:
        if part.ruby:
            fixed.update(range(position + 1, position + len(part.text)))
        position += len(part.text)
    kept = [span for span in spans if not fixed.intersection(span)]
    borders = {position for span in kept for position in span}
    cut: list[RubyPart] = []
    position = 0
    for part in parts:
        start = 0
        for offset in range(1, len(part.text) + 1):
            if offset == len(part.text) or position + offset in borders:
                cut.append(RubyPart(part.text[start:offset], part.ruby))
                start = offset
        position += len(part.text)
    return cut, kept
