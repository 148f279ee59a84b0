"""文を HTML にする。ふりがなの二重の書き方、電話とメールのリンク、言葉の説明。

``<ruby>`` は読み上げソフトで切れ切れに二度読まれる。そこで、ふりがなありのページでは、見せるだけの
写し（``inert``: 読み上げ、検索、コピーから外れる。HTML 6.3）と、見えない文章を同じ場所に重ねる。
電子書籍には、文ごとの音声と、ふりがなのない本が別にあるので、ふつうの ``<ruby>`` を書く（``book_*``）。
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from accessibility.ruby import RubyPart, ruby_parts
from content.model import Run, Sentence, Table

_LINK = re.compile(
    r"(?P<telephone>(?<![\d０-９-])0\d{1,4}[-‐－(（]\d{1,4}[-‐－)）]\d{3,4}(?!\d))"
    r"|(?P<mail>(?a:[\w.+-]+@[\w-]+(?:\.[\w-]+)+))"
    r"|(?P<url>https?://[!-~]+)"
)
_FAX = re.compile(r"(?:FAX|ＦＡＸ|Fax|fax|ファックス|ファクス|ファクシミリ)[^\d０-９]*$")
_EXPLANATION = re.compile(r"〈[^〈〉]*〉")
_RUBY = "<ruby>%s<rp>（</rp><rt>%s</rt><rp>）</rp></ruby>"
_HOST = re.compile(r"(?:[\w-]+\.)+[^\W\d_][\w-]*")
_NOT_IN_URL = re.compile(r"[^!#-;=?-Z_a-z~\x80-\U0010ffff]|%(?![0-9A-Fa-f]{2})")
_DUAL = '<span class="r" inert aria-hidden="true" translate="no">%s</span><span class="t">%s</span>'


@dataclass(frozen=True, slots=True)
class _Piece:
    """文の一部分。``href`` があればリンク。"""

    parts: tuple[RubyPart, ...]
    href: str | None

    @property
    def has_ruby(self) -> bool:
        return any(part.ruby for part in self.parts)


def sentence_markup(sentence: Sentence, *, ruby: bool, linked: bool = True) -> Markup:
    """id の付いた文。文章は ``sentence.text`` のまま変わらない。"""
    parts = _parts(sentence.runs, ruby=ruby)
    pieces = _pieces(parts) if linked else [_Piece(tuple(parts), None)]
    whole = len(pieces) == 1 and pieces[0].href is None and pieces[0].has_ruby
    inside = Markup().join(_dual(p, wrap=not whole) for p in pieces)
    kind = "s d" if whole else "s"
    return Markup(f'<span class="{kind}" id="{escape(sentence.id)}">{inside}</span>')


def inline_markup(runs: Iterable[Run], *, ruby: bool) -> Markup:
    """id もリンクもない言葉。ボタンや目次のリンクの中に置ける。"""
    return _dual(_Piece(tuple(_parts(runs, ruby=ruby)), None), wrap=True)


def book_sentence(sentence: Sentence, *, ruby: bool, linked: bool = True) -> Markup:
    """電子書籍の、id の付いた文。``linked`` が偽なら、リンクにしない（リンクの中に置くため）。"""
    parts = _parts(sentence.runs, ruby=ruby)
    pieces = _pieces(parts) if linked else [_Piece(tuple(parts), None)]
    html = Markup().join(_linked(_explained(p.parts), p.href) for p in pieces)
    return Markup(f'<span class="s" id="{escape(sentence.id)}">{html}</span>')


def book_inline(runs: Iterable[Run], *, ruby: bool) -> Markup:
    """電子書籍の、id もリンクもない言葉。"""
    return _explained(_parts(runs, ruby=ruby))


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


def _dual(piece: _Piece, *, wrap: bool) -> Markup:
    plain = _explained([RubyPart("".join(p.text for p in piece.parts), None)])
    if piece.has_ruby:
        both = _DUAL % (_explained(piece.parts), plain)
        html = Markup(f'<span class="d">{both}</span>' if wrap else both)
    else:
        html = plain
    return _linked(html, piece.href)


def _linked(html: Markup, href: str | None) -> Markup:
    return Markup('<a href="{}">{}</a>').format(href, html) if href else html


def _explained(parts: Sequence[RubyPart]) -> Markup:
    """言葉の説明〈…〉を、控えめな書き方にする。"""
    text = "".join(p.text for p in parts)
    spans = [m.span() for m in _EXPLANATION.finditer(text)]
    cut, spans = _cut(parts, spans) if spans else (list(parts), [])
    starts, ends = {s for s, _ in spans}, {e for _, e in spans}
    html: list[str] = []  # ページの中でいちばん多い仕事なので、Markup は終わりに一度だけ作る
    position = 0
    for part in cut:
        if position in starts:
            html.append('<span class="x">')
        shown = escape(part.text)
        html.append(_RUBY % (shown, escape(part.ruby)) if part.ruby else shown)
        position += len(part.text)
        if position in ends:
            html.append("</span>")
    return Markup("".join(html))


def _pieces(parts: Sequence[RubyPart]) -> list[_Piece]:
    text = "".join(p.text for p in parts)
    links = dict(_links(text))
    cut, spans = _cut(parts, list(links))
    borders = {position for span in spans for position in span}
    hrefs = {start: links[start, end] for start, end in spans}
    pieces: list[_Piece] = []
    position = 0
    for part in cut:
        if not pieces or position in borders:
            pieces.append(_Piece((part,), hrefs.get(position)))
        else:
            pieces[-1] = _Piece((*pieces[-1].parts, part), pieces[-1].href)
        position += len(part.text)
    return pieces


def _links(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    for match in _LINK.finditer(text):
        if match["mail"]:
            yield match.span(), "mailto:" + match["mail"]
        elif match["url"]:
            if href := web_href(match["url"]):
                yield match.span(), href
        elif not _FAX.search(text[: match.start()]):  # ファックスに電話をかけさせない
            yield match.span(), telephone_href(match["telephone"])


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
