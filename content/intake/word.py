"""Word（docx）を読む。mammoth は w:ruby を中の漢字ごと消すので、先に文字に直しておく。"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from xml.etree import ElementTree

from content.intake.characters import clean, ruby, strip_markers
from content.intake.draft import IntakeError, Remark
from content.intake.pieces import Reading
from content.intake.web_page import TITLE_CLASS, read_document

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
_TITLE = "{http://purl.org/dc/elements/1.1/}title"
_BODY, _CORE = "word/document.xml", "docProps/core.xml"
_REWRITTEN = (_BODY, "word/footnotes.xml", "word/endnotes.xml")
_MOST_BYTES = 200 * 1024 * 1024  # 広げた後の大きさ
_MOST_XML = 40 * 1024 * 1024  # 本文の XML。文庫本 10 冊ほどにあたる
_MOST_FILES = 5_000
_STYLES = f"p[style-name='Title'] => h1.{TITLE_CLASS}:fresh"
_BROKEN = "この Word のファイルは壊れているので読めません。Word で開いて、もう一度 .docx で保存してください。"
_TOO_LARGE = (
    "この Word のファイルは、広げると大きすぎます。写真を除くか、文書を分けて保存してください。"
)


def read_word(data: bytes) -> Reading:
    """docx を読む。広げると大きくなりすぎるもの（圧縮爆弾）と、DTD を持つ XML は断る。"""
    remarks: list[Remark] = []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            _check(package)
            title = _title(package)
            rewritten = _rewritten(package, remarks)
        html = _html(rewritten)
    except (zipfile.BadZipFile, KeyError, ElementTree.ParseError, RecursionError) as error:
        raise IntakeError(_BROKEN) from error
    except (NotImplementedError, RuntimeError) as error:  # 知らない圧縮、パスワードの付いた zip
        raise IntakeError(_BROKEN) from error
    reading = read_document(html)
    return replace(reading, title=title, remarks=(*remarks, *reading.remarks))


def _check(package: zipfile.ZipFile) -> None:
    files = package.infolist()
    if len(files) > _MOST_FILES or sum(f.file_size for f in files) > _MOST_BYTES:
        raise IntakeError(_TOO_LARGE)
    if any(f.file_size > _MOST_XML for f in files if f.filename.endswith((".xml", ".rels"))):
        raise IntakeError(_TOO_LARGE)
    if package.getinfo(_BODY).file_size == 0:
        raise IntakeError(_BROKEN)


def _xml(package: zipfile.ZipFile, name: str) -> ElementTree.Element:
    data = package.read(name)
    if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data[:4096]:
        raise IntakeError(_BROKEN)  # Word は書かない。実体の展開で大きくなるものがある
    return ElementTree.fromstring(data)


def _title(package: zipfile.ZipFile) -> str:
    """文書の性質に書かれた題。なければ空。"""
    if _CORE not in package.namelist():
        return ""
    found = _xml(package, _CORE).find(f".//{_TITLE}")
    return clean(strip_markers(found.text or "")).text if found is not None else ""


def _rewritten(package: zipfile.ZipFile, remarks: list[Remark]) -> bytes:
    """ふりがなを文字に直した docx。写真の中身は入れない。"""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as target:
        for file in package.infolist():
            if file.filename in _REWRITTEN:
                root = _xml(package, file.filename)
                _rewrite(root, remarks)
                target.writestr(file.filename, ElementTree.tostring(root, "utf-8"))
            elif file.filename.endswith((".xml", ".rels")):
                _xml(package, file.filename)
                target.writestr(file.filename, package.read(file))
    return written.getvalue()


def _rewrite(root: ElementTree.Element, remarks: list[Remark]) -> None:
    for element in root.iter(f"{_W}t"):
        element.text = strip_markers(element.text or "")
    for run in root.iter(f"{_W}r"):
        for index, child in enumerate(run):
            if child.tag == f"{_W}ruby":
                made = ruby(_text(child.find(f"{_W}rubyBase")), _text(child.find(f"{_W}rt")))
                remarks += made.remarks
                text = ElementTree.Element(f"{_W}t")
                text.text = made.text
                run[index] = text
    remarks += _limits(root)


def _limits(root: ElementTree.Element) -> Iterator[Remark]:
    if any(True for tag in ("ins", "del") for _ in root.iter(_W + tag)):
        message = "変更履歴が残っているので、変更した後の文を取り込みました。"
        yield Remark("tracked-changes", message)
    if any(True for _ in root.iter(_MATH)):
        yield Remark("formula", "数式は取り込めません。言葉か画像で書き足してください。")


def _text(element: ElementTree.Element | None) -> str:
    parts = element.iter(f"{_W}t") if element is not None else ()
    return clean("".join(t.text or "" for t in parts)).text


def _html(data: bytes) -> str:
    import mammoth

    images = mammoth.images.img_element(lambda image: {})
    result = mammoth.convert_to_html(io.BytesIO(data), style_map=_STYLES, convert_image=images)
    return str(result.value)
