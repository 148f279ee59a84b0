"""EPUB の読み上げ（Media Overlays、SMIL）。文ごとに、文書の中の文と音声の時間を結ぶ。"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from markupsafe import Markup

from accessibility.narration import Clip
from channels.epub_pages import Branch, Chapter, block_id
from content.model import Block, List, Sentence, Table, block_sentences

_SMIL = Markup(
    '<?xml version="1.0" encoding="utf-8"?>\n'
    '<smil xmlns="http://www.w3.org/ns/SMIL" xmlns:epub="http://www.idpf.org/2007/ops"'
    ' version="3.0">\n<body epub:textref="../{}">\n{}</body>\n</smil>\n'
)
_SEQ = Markup('<seq epub:textref="../{}#{}"{}>\n{}</seq>\n')
_PAR = Markup(
    '<par id="par_{id}"><text src="../{document}#{id}"/>'
    '<audio src="../{sound}" clipBegin="{begin}" clipEnd="{end}"/></par>\n'
)
_TYPE = Markup(' epub:type="{}"')


def milliseconds(chapter: Chapter) -> int:
    """章の読み上げの長さ。文ごとの時間の合計に等しい。"""
    return sum(
        _milliseconds(clip.end) - _milliseconds(clip.begin)
        for branch in chapter.every_branch
        for clip in branch.track.clips
    )


def clock(milliseconds: int) -> str:
    """SMIL の時刻。``83.250s``。"""
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}s"


def smil(chapter: Chapter) -> bytes:
    """章の読み上げ。順序は文書の文の順と同じ。声のない文は含まない。"""
    inside = _joined(_branch(chapter, branch) for branch in chapter.branches)
    return _SMIL.format(chapter.document, inside).encode()


def _branch(chapter: Chapter, branch: Branch) -> Markup:
    clips = {clip.sentence_id: clip for clip in branch.track.clips}
    section = branch.section
    inside = _pars(chapter, branch, clips, [section.heading])
    for block in section.blocks:
        inside += _block(chapter, branch, clips, block)
    inside += _joined(_branch(chapter, child) for child in branch.children)
    return _seq(chapter, section.id, "", inside)


def _block(chapter: Chapter, branch: Branch, clips: Mapping[str, Clip], block: Block) -> Markup:
    """ブロックの読み上げ。表と箇条書きは、途中で抜け出せるようにまとめる（escapability）。"""
    pars = _pars(chapter, branch, clips, tuple(block_sentences(block)))
    match block:
        case Table():
            return _seq(chapter, block_id(block), "table", pars)
        case List():
            return _seq(chapter, block_id(block), "list", pars)
    return pars


def _seq(chapter: Chapter, id: str, type: str, inside: Markup) -> Markup:
    """中身のない ``seq`` は誤りなので、書かない。"""
    if not inside:
        return inside
    return _SEQ.format(chapter.document, id, _TYPE.format(type) if type else "", inside)


def _pars(
    chapter: Chapter, branch: Branch, clips: Mapping[str, Clip], sentences: Sequence[Sentence]
) -> Markup:
    return _joined(
        _PAR.format(
            id=clip.sentence_id,
            document=chapter.document,
            sound=branch.sound,
            begin=clock(_milliseconds(clip.begin)),
            end=clock(_milliseconds(clip.end)),
        )
        for clip in (clips.get(s.id) for s in sentences)
        if clip
    )


def _joined(parts: Iterable[Markup]) -> Markup:
    return Markup().join(parts)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
