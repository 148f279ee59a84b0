"""DAISY 2.02 の目次（ncc.html）。本の身もとと、節ごとの見出しだけを持つ。"""

from __future__ import annotations

from collections.abc import Sequence

from accessibility.narration import Narration
from channels.daisy_smil import FORMAT, GENERATOR, Label, Part, clock, par_id
from channels.daisy_xml import ENCODING, element, metas, xhtml
from content.model import Publication

NCC_FILE = "ncc.html"


def ncc(
    publication: Publication,
    narration: Narration,
    parts: Sequence[Part],
    label: Label,
    *,
    proofread: str,
    files: int,
) -> bytes:
    """``proofread`` は校正の有無の言葉、``files`` は、ncc.html も含めた本のファイルの数。"""
    issuer, date = publication.plan.issuer, publication.date.isoformat()
    total = parts[-1].elapsed + parts[-1].length
    facts = [
        ("dc:title", label.title),
        ("dc:creator", issuer),
        ("dc:date", date),
        ("dc:format", FORMAT),
        ("dc:identifier", label.identifier),
        ("dc:language", publication.language),
        ("dc:publisher", issuer),
        ("dc:source", publication.plan.source),
        ("dc:subject", publication.plan.series),
        ("ncc:charset", ENCODING),
        ("ncc:generator", GENERATOR),
        ("ncc:narrator", narration.credit),
        ("ncc:producer", issuer),
        ("ncc:producedDate", date),
        ("ncc:sourcePublisher", issuer),
        ("prod:proofread", proofread),  # 決まりにない名前は prod: で始める（2.1.3）
        ("ncc:multimediaType", "audioFullText"),
        ("ncc:setInfo", "1 of 1"),
        ("ncc:depth", str(max(p.section.level for p in parts))),
        ("ncc:tocItems", str(len(parts))),
        ("ncc:totalTime", clock((total + 500) // 1000 * 1000).removesuffix(".000")),
        ("ncc:files", str(files)),
        # もとの冊子のページは原稿にないので、ページの見出しはない。
        ("ncc:pageFront", "0"),
        ("ncc:pageNormal", "0"),
        ("ncc:pageSpecial", "0"),
        ("ncc:maxPageNormal", "0"),
        ("ncc:sidebars", "0"),
        ("ncc:footnotes", "0"),
        ("ncc:prodNotes", "0"),
    ]
    body = []
    for number, part in enumerate(parts):
        link = element("a", part.section.heading.text, href=f"{part.smil}#{par_id(1)}")
        heading = element(f"h{part.section.level}", link, id=f"n{number + 1}")
        if not number:
            heading.set("class", "title")
        body.append(heading)
    return xhtml(label.title, publication.language, metas(facts), body)
