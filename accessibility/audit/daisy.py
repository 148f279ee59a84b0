"""DAISY 2.02 の版の検査。決まりひとつに名前（``daisy-…``）ひとつ。知らせは ``daisy_messages`` にある。"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from accessibility.audit.daisy_book import DISC, NCC, Book, text_of
from accessibility.audit.daisy_ncc import check_ncc
from accessibility.audit.daisy_smil import check_smils
from accessibility.audit.daisy_text import check_texts
from accessibility.audit.finding import Finding


def audit(place: Path) -> tuple[Finding, ...]:
    """本か CD のフォルダか、それをまとめた zip を調べる。決まりに合っていれば空。読めなければ ``OSError``。"""
    if place.is_dir():
        paths = sorted(p for p in place.rglob("*") if p.is_file())
        return audit_files({p.relative_to(place).as_posix(): p.read_bytes() for p in paths})
    try:
        with zipfile.ZipFile(place) as archive:
            names = [n for n in archive.namelist() if not n.endswith("/")]
            return audit_files({name: archive.read(name) for name in names})
    except zipfile.BadZipFile:
        book = Book({})
        book.say("zip-broken", place.name)
        return tuple(book.findings)


def audit_files(files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """本（``discinfo.html`` があれば、CD の中のすべての本）のファイルの名前と中身を調べる。"""
    book = Book(files)
    if DISC in files:
        _check_disc(book)
    else:
        _check_book(book)
    return tuple(book.findings)


def _check_book(book: Book) -> str | None:
    """本ひとつを調べ、その目印（dc:identifier）を返す。"""
    book.check_names()
    ncc = check_ncc(book)
    if ncc is None:
        return None
    played = check_smils(book, ncc)
    check_texts(book, ncc, played)
    book.check_unused()
    said = ncc.metas.get("ncc:files")
    if said is not None and said != str(len(book.files)):
        book.say("meta-count", NCC, name="ncc:files", said=said, real=len(book.files))
    return ncc.metas.get("dc:identifier")


def _check_disc(disc: Book) -> None:
    """何冊もの本が入った CD。3.3"""
    document = disc.document(DISC)
    links = list(document.root.find("body") or ()) if document else []
    identifiers: dict[str, str] = {}
    folders: set[str] = set()
    for link in links:
        folder, _, name = link.get("href", "").rpartition("/")
        if link.tag != "a" or not text_of(link) or not folder or name != NCC:
            disc.say("disc-link", DISC)
            continue
        folders.add(folder)
        inside = f"{folder}/"
        found = {n.removeprefix(inside): d for n, d in disc.files.items() if n.startswith(inside)}
        book = Book(found)
        id = _check_book(book)
        disc.findings += [replace(f, place=inside + f.place) for f in book.findings]
        if id in identifiers:
            disc.say("disc-identifier", inside + NCC, id=id, other=identifiers[id])
        elif id is not None:
            identifiers[id] = folder
    for name in sorted(disc.files):
        if name != DISC and name.partition("/")[0] not in folders:
            disc.say("file-unused", name)
    if not links:
        disc.say("disc-link", DISC)
