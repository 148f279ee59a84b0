"""EPUB の書誌と、使いやすさの申告（EPUB Accessibility 1.1、schema.org）。"""

from __future__ import annotations

import unicodedata
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from accessibility.manner import MANNERS
from accessibility.narration import Narration
from accessibility.ruby import ruby_parts
from channels import facts
from channels.wording import Wording
from content.model import Image, Publication

CONFORMANCE = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"
"""この綴りのほかは、申告として認められない（EPUB Accessibility 1.1、4.1.2）。"""

ACTIVE_CLASS = "-epub-media-overlay-active"
_CERTIFIER = "つたわる（自動検査だけ。人による検査は、まだ済んでいません）"


@dataclass(frozen=True, slots=True)
class Statement:
    """書誌の 1 行。``name`` は ``dc:title`` のような要素か、``schema:accessMode`` のような属性の名前。

    ``refines`` は、説明を足す相手の id。
    """

    name: str
    value: str
    id: str = ""
    refines: str = ""


def identifier(publication: Publication, *, ruby: bool) -> str:
    """本の身もと。同じ出版物の同じ種類の本なら、直して出し直しても変わらない。"""
    kind = "ruby" if ruby else "noruby"
    name = f"tsutawaru:{publication.id}/{publication.register}/{kind}"
    return uuid.uuid5(uuid.NAMESPACE_URL, name).urn


def statements(
    publication: Publication, narration: Narration, wording: Wording, *, ruby: bool, noted: bool
) -> Iterator[Statement]:
    """書誌。``noted`` は、言葉の説明（注）があること。"""
    plan = publication.plan
    kind = wording.text("hub.ruby" if ruby else "hub.plain")
    yield Statement("dc:title", facts.title(publication, wording), id="title")
    yield Statement("title-type", "main", refines="title")
    yield Statement("dc:title", kind, id="edition")
    yield Statement("title-type", "edition", refines="edition")
    yield Statement("dc:language", publication.language)
    yield Statement("dc:creator", plan.issuer)
    yield Statement("dc:publisher", plan.issuer)
    yield Statement("dc:date", publication.date.isoformat())
    if plan.source:
        yield Statement("dc:source", plan.source)
    yield Statement("media:narrator", narration.credit)
    yield Statement("media:active-class", ACTIVE_CLASS)
    yield from _accessibility(publication, narration, wording, ruby=ruby, noted=noted)


def _accessibility(
    publication: Publication, narration: Narration, wording: Wording, *, ruby: bool, noted: bool
) -> Iterator[Statement]:
    pictured = any(
        isinstance(block, Image) and block.source
        for section in narration.sections
        for block in section.blocks
    )
    full = ruby and fully_annotated(narration)
    modes = ["textual", "auditory"]
    # 画像の説明も読み上げるので、文字だけでも、耳だけでも足りる。
    enough = ["textual", "auditory"]
    features = ["structuralNavigation", "tableOfContents", "readingOrder", "synchronizedAudioText"]
    features.append("displayTransformability")
    if pictured:
        modes.append("visual")
        enough.append("textual,visual")
        features.append("alternativeText")
    if ruby:
        features.append("rubyAnnotations")
    if full:
        features.append("fullRubyAnnotations")
    yield from (Statement("schema:accessMode", mode) for mode in modes)
    yield from (Statement("schema:accessModeSufficient", mode) for mode in enough)
    yield from (Statement("schema:accessibilityFeature", feature) for feature in features)
    yield Statement("schema:accessibilityHazard", "none")
    proofread = facts.text(facts.proofread(publication, wording))
    spaced = MANNERS[publication.register].spaced
    special = [
        *(["言葉と言葉の間を空けてあります（分かち書き）。"] if spaced else []),
        *(
            ["むずかしい言葉の説明が、章の終わりの注にあります。注に音声はありません。"]
            if noted
            else []
        ),
        *(["画像には、文字による説明があります。"] if pictured else []),
    ]
    summary = _summary(narration, proofread, special, ruby=ruby, full=full)
    yield Statement("schema:accessibilitySummary", summary)
    yield Statement("dcterms:conformsTo", CONFORMANCE, id="conformance")
    yield Statement("a11y:certifiedBy", _CERTIFIER, refines="conformance")


def fully_annotated(narration: Narration) -> bool:
    """すべての漢字にふりがなが付くか。"""
    return not any(
        part.ruby is None and any(map(_is_ideograph, part.text))
        for section in narration.sections
        for sentence in section.sentences
        for run in sentence.runs
        for part in ruby_parts(run)
    )


def _is_ideograph(character: str) -> bool:
    return unicodedata.name(character, "").startswith(("CJK UNIFIED", "CJK COMPATIBILITY IDEO"))


def _summary(
    narration: Narration, proofread: str, special: Sequence[str], *, ruby: bool, full: bool
) -> str:
    """``special`` は、その本だけのこと。"""
    reading = "すべての漢字" if full else "ほとんどの漢字"
    lines = [
        "本文のすべての文に音声が付いていて、読んでいる文に色と下線が付きます。",
        f"{reading}にふりがなが付いています。" if ruby else "ふりがなは付いていません。",
        "もくじと見出しから、読みたい所へ移れます。",
        "文字の大きさ、色、書体、行の間は、読むアプリで変えられます。",
        *special,
        f"声は{narration.credit}です。",
        f"読み方とふりがなは機械が付けました。校正：{proofread}。",
        "使いやすさの基準に合うことは自動検査だけで確かめていて、人による検査はしていません。",
    ]
    return "".join(lines)
