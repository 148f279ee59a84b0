"""DAISY 2.02 の版。文字と音声がそろって進む録音図書（視覚障害者用の再生機と、読み上げソフト用）。

音声版と同じ MP3 を、1 バイトも変えずに使う。ファイルは zip のいちばん上に並べる（中にフォルダがあると、
ただの MP3 の CD として扱う機械がある）。
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from pathlib import PurePosixPath

from accessibility.narration import Narration
from channels import facts
from channels.daisy_ncc import NCC_FILE, ncc
from channels.daisy_smil import TEXT_FILE, Label, master, parts, smil
from channels.daisy_text import CSS_FILE, text_document
from channels.edition import Download, Edition
from channels.wording import Wording
from content.model import Publication

MASTER_FILE = "master.smil"


class DaisyChannel:
    """``<名前>-daisy.zip``。展開したフォルダは、再生機が読むそのままの本になる。"""

    name = "daisy"
    spoken = True

    def render(self, publication: Publication, narration: Narration) -> Edition:
        archive = f"{publication.name}-daisy.zip"
        data = zipped(book_files(publication, narration))
        seconds = round(narration.seconds, 3)
        return Edition(
            publication.id,
            publication.register,
            self.name,
            {archive: data},
            main=archive,
            seconds=seconds,
            downloads=(Download(archive, "daisy", publication.title, len(data), seconds),),
        )


def identifier(publication: Publication) -> str:
    """本の目印。再生機はこれで本を見分け、しおりを覚える。同じ版なら、作り直しても変わらない。"""
    # 社協と名前には _ が使えないので、つないでもほかの本と重ならない。
    return f"tsutawaru_{publication.council}_{publication.name}_{publication.register}"


def book_files(publication: Publication, narration: Narration) -> dict[str, bytes]:
    """本のファイルの名前と中身。フォルダはない。"""
    wording = Wording.load({})
    label = Label(identifier(publication), facts.title(publication, wording))
    sections = parts(narration)
    names = _picture_names(publication)
    book = {
        MASTER_FILE: master(sections, label),
        TEXT_FILE: text_document(publication, narration.sections, names, label),
        CSS_FILE: (files("channels") / "templates" / "daisy.css").read_bytes(),
    }
    for picture in publication.pictures:
        book[names[picture.name]] = picture.data
    for part in sections:
        book[part.smil] = smil(part, label)
        book[part.mp3] = part.track.mp3.read_bytes()
    proofread = facts.text(facts.proofread(publication, wording))
    book[NCC_FILE] = ncc(
        publication, narration, sections, label, proofread=proofread, files=len(book) + 1
    )
    return dict(sorted(book.items()))


def zipped(members: Mapping[str, bytes]) -> bytes:
    """時刻のない zip。圧縮の仕方で 1 バイトも変わらないように、縮めずに入れる。"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in sorted(members.items()):
            entry = zipfile.ZipInfo(name)
            entry.create_system = 3  # Unix。作った機械によって変わらないように
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, data)
    return buffer.getvalue()


def _picture_names(publication: Publication) -> dict[str, str]:
    """画像の、本の中での名前（``p001.jpg`` …）。DAISY で使えるのは英数字と _ と - だけである。"""
    return {
        picture.name: f"p{number:03}{PurePosixPath(picture.name).suffix.lower()}"
        for number, picture in enumerate(publication.pictures, 1)
    }
