"""取り込みの試験の材料。中身の分かっている資料（Word、HTML、印刷した PDF）をその場で作る。"""

from __future__ import annotations

import difflib
import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from playwright.sync_api import Browser

from content.bundle import BUNDLED, load_folder
from content.model import (
    Image,
    List,
    Note,
    Paragraph,
    Publication,
    Run,
    Section,
    Table,
    block_sentences,
)

SEEDS = Path(__file__).parent.parent / "seeds"

# 「000」のちらしの 2 つの原稿と、「001」のページの 6 つの原稿。
LEAFLET = ("kawasaki/plan-6", "kawasaki/plan-6-tama")
PAGE = ("about", "plan-5", "plan-4", "plan-3", "plan-2", "plan-1")


def plans(*ids: str) -> tuple[Publication, ...]:
    """付属の原稿（ふつうの文章）。"""
    found = {p.id: p for p in load_folder(BUNDLED).publications if p.register == "standard"}
    return tuple(found[id] for id in ids)


def leaflet_sections() -> list[Section]:
    return [section for plan in plans(*LEAFLET) for section in plan.sections]


def texts(sections: Iterable[Section]) -> str:
    """見出しと本文の、すべての文字。空白と、全角・半角の違いは比べない。"""
    return squeeze("".join(s.text for section in sections for s in section.sentences))


def squeeze(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def headings(sections: Iterable[Section]) -> list[str]:
    return [squeeze(section.heading.text) for section in sections]


def accuracy(known: str, got: str) -> float:
    """文字の正しさ: 1 − 直すのに要る文字数 ÷ もとの文字数。"""
    matcher = difflib.SequenceMatcher(None, known, got, autojunk=False)
    wrong = sum(max(b - a, d - c) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal")
    return 1 - wrong / len(known)


# HTML と PDF -----------------------------------------------------------------------

STYLE = """
@page { size: A4; margin: 18mm }
body { font-family: "Noto Sans CJK JP"; font-size: 10pt; line-height: 1.6; margin: 0 }
.columns { column-count: 2; column-gap: 10mm }
.shadow { position: relative; display: inline-block }
.shadow span { position: absolute; left: .5px; top: .5px; width: 100%; color: #888 }
h1 { font-size: 20pt } h2 { font-size: 14pt } h3 { font-size: 11.5pt }
p { text-indent: 1em; margin: 0 0 .5em; text-align: justify }
td, th { border: 1px solid #000; padding: 3px }
table { border-collapse: collapse }
"""


def leaflet_html(title: str) -> str:
    """「000」のちらし。2 段組みで、章の見出しには影文字（同じ文字を重ねたもの）を付ける。"""
    body = "".join(_section_html(section) for section in leaflet_sections())
    return (
        f'<!doctype html><html lang="ja"><meta charset="utf-8"><title>{title}</title>'
        f'<style>{STYLE}</style><h1>{title}</h1><div class="columns">{body}</div></html>'
    )


def _section_html(section: Section) -> str:
    heading = html.escape(section.heading.text)
    if section.level == 1:
        heading = f'<span class="shadow">{heading}<span>{heading}</span></span>'
    tag = f"h{section.level + 1}"
    blocks = "".join(map(_block_html, section.blocks))
    return f"<{tag}>{heading}</{tag}>{blocks}"


def _block_html(block: Paragraph | List | Table | Image | Note) -> str:
    if isinstance(block, List):
        items = ("".join(s.text for s in item.sentences) for item in block.items)
        return "<ul>" + "".join(f"<li>{html.escape(item)}</li>" for item in items) + "</ul>"
    return f"<p>{html.escape(''.join(s.text for s in block_sentences(block)))}</p>"


def printed(browser: Browser, page: str, *, head: str = "", numbered: bool = False) -> bytes:
    """本物のブラウザで印刷した PDF。``head`` は柱、``numbered`` はページ番号。"""
    small = '<div style="font-size:8px;width:100%;text-align:center">'
    opened = browser.new_page()
    opened.set_content(page)
    data = opened.pdf(
        format="A4",
        print_background=True,
        display_header_footer=bool(head or numbered),
        header_template=f"{small}{head}</div>",
        footer_template=f"{small}{'<span class=pageNumber></span> / <span class=totalPages></span>' * numbered}</div>",
        margin={"top": "18mm", "bottom": "18mm", "left": "15mm", "right": "15mm"},
    )
    opened.close()
    return data


def page_html() -> str:
    """「001」のページ。抜き出しの行を、そのままの順とくり返しで、ページの形に戻したもの。"""
    lines = (SEEDS / "001.txt").read_text(encoding="utf-8").splitlines()
    crumbs = list(lines[:2])
    parts = ["<ul>" + "".join(f"<li>{line[2:]}</li>" for line in crumbs) + "</ul>"]
    for line in lines[2:]:
        text = html.escape(line)
        if line.startswith("- "):
            parts.append(f'<ul><li><a href="/files/plan.pdf">{text[2:]}</a></li></ul>')
        elif line.startswith("■"):
            parts.append(f"<h2>{text}</h2>")
        elif line.strip(" |"):
            parts.append(f"<p>{text}</p>")
    joined = "\n".join(parts).replace("</ul>\n<ul>", "\n")
    return (
        '<!doctype html><html lang="ja"><head><meta charset="utf-8">'
        "<title>地域福祉活動推進計画 | 川崎市社会福祉協議会</title>"
        '<link rel="canonical" href="https://www.example.jp/plan/">'
        "<script>alert('だめ')</script></head><body>"
        '<header><a href="/">川崎市社会福祉協議会</a></header>'
        "<nav><ul><li>事業案内</li><li>交通案内</li></ul></nav>"
        f"{joined}<footer>著作権表示</footer></body></html>"
    )


def typeset(*placed: tuple[str, float, float, float]) -> bytes:
    """手で組んだ PDF。（文字、左、下、大きさ）を、書いた順に置く。文字の表（ToUnicode）を持つ。"""
    codes = {c: n for n, c in enumerate(dict.fromkeys("".join(t for t, *_ in placed)), 1)}
    shown = (
        f"BT /F {size} Tf {x} {y} Td <{''.join(f'{codes[c]:04X}' for c in text)}> Tj ET"
        for text, x, y, size in placed
    )
    drawing = "\n".join(shown)
    pairs = " ".join(
        f"<{code:04X}> <{character.encode('utf-16-be').hex()}>" for character, code in codes.items()
    )
    table = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /A def /CMapType 2 def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange "
        f"{len(codes)} beginbfchar {pairs} endbfchar endcmap end end"
    )
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 8 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/DW 1000/FontDescriptor 7 0 R"
        "/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        "<</Type/FontDescriptor/FontName/A/Flags 4/FontBBox[0 -200 1000 900]/ItalicAngle 0"
        "/Ascent 900/Descent -200/CapHeight 700/StemV 80>>",
        f"<</Length {len(table)}>>stream\n{table}\nendstream",
    )
    data = b"%PDF-1.7\n"
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj{body}endobj\n".encode()
    count, start = len(objects) + 1, len(data)
    data += f"xref\n0 {count}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    return data + f"trailer<</Size {count}/Root 1 0 R>>startxref\n{start}\n%%EOF".encode()


# Word ------------------------------------------------------------------------------

_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"'
)
_TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/>
<Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>"""
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def text_run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def ruby_run(base: str, reading: str) -> str:
    """Word のふりがな（ECMA-376 17.3.3.25）。"""
    return (
        "<w:r><w:ruby><w:rubyPr/>"
        f"<w:rt>{text_run(reading)}</w:rt><w:rubyBase>{text_run(base)}</w:rubyBase></w:ruby></w:r>"
    )


def paragraph(*runs: str, style: str = "", listed: str = "") -> str:
    """``style`` は段落の書式の id、``listed`` は箇条書きの id（1 は点、2 は番号）。"""
    properties = f'<w:pStyle w:val="{style}"/>' if style else ""
    if listed:
        properties += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{listed}"/></w:numPr>'
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(runs)}</w:p>"


def word_table(rows: Sequence[Sequence[str]]) -> str:
    cells = ("".join(f"<w:tc>{paragraph(text_run(cell))}</w:tc>" for cell in row) for row in rows)
    return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in cells) + "</w:tbl>"


def word_picture(alternative: str) -> str:
    described = f' descr="{alternative}"' if alternative else ""
    return (
        f'<w:r><w:drawing><wp:inline><wp:docPr id="1" name="図"{described}/><a:graphic><a:graphicData>'
        '<pic:pic><pic:blipFill><a:blip r:embed="rId9"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )


def footnote_reference(number: int) -> str:
    return f'<w:r><w:footnoteReference w:id="{number}"/></w:r>'


def docx(body: str, *, footnotes: Sequence[str] = (), title: str = "") -> bytes:
    """最小の docx。"""
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{n}"><w:name w:val="heading {n}"/></w:style>'
        for n in range(1, 7)
    )
    styles += '<w:style w:type="paragraph" w:styleId="T"><w:name w:val="Title"/></w:style>'
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{id}"><w:lvl w:ilvl="0"><w:numFmt w:val="{kind}"/></w:lvl></w:abstractNum>'
        for id, kind in (("1", "bullet"), ("2", "decimal"))
    )
    uses = "".join(
        f'<w:num w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>' for id in ("1", "2")
    )
    notes = "".join(
        f'<w:footnote w:id="{number}">{paragraph(text_run(note))}</w:footnote>'
        for number, note in enumerate(footnotes, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{id}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for id, kind, target in (
            (1, "styles", "styles.xml"),
            (2, "numbering", "numbering.xml"),
            (3, "footnotes", "footnotes.xml"),
            (9, "image", "media/image1.png"),
        )
    )
    core = (
        '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{escape(title)}</dc:title></cp:coreProperties>'
    )
    files = {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": f"<w:styles {_NAMESPACES}>{styles}</w:styles>",
        "word/numbering.xml": f"<w:numbering {_NAMESPACES}>{kinds}{uses}</w:numbering>",
        "word/footnotes.xml": f"<w:footnotes {_NAMESPACES}>{notes}</w:footnotes>",
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>',
        "docProps/core.xml": core,
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(name, text)
        package.writestr("word/media/image1.png", b"\x89PNG\r\n\x1a\n")
    return written.getvalue()


def leaflet_docx() -> bytes:
    """「000」のちらしの、ふりがなのある Word のファイル。"""
    parts = [paragraph(text_run("第6期計画 多摩区概要版"), style="T")]
    for section in leaflet_sections():
        parts.append(paragraph(*_runs(section.heading.runs), style=str(section.level)))
        for block in section.blocks:
            if isinstance(block, List):
                items = (item.sentences for item in block.items)
                parts += (
                    paragraph(*(r for s in item for r in _runs(s.runs)), listed="1")
                    for item in items
                )
            else:
                runs = [r for s in block_sentences(block) for r in _runs(s.runs)]
                parts.append(paragraph(*runs))
    return docx("".join(parts))


def _runs(runs: Iterable[Run]) -> list[str]:
    return [
        ruby_run(run.text, run.reading or "") if run.fixed else text_run(run.text) for run in runs
    ]
