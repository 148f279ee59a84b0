"""音声の版。節ごとの MP3 と、章の付いた M4B（1 つのファイルのオーディオブック）。"""

from __future__ import annotations

import io
import tempfile
import zipfile
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import av
from av.audio.stream import AudioStream
from mutagen.id3 import COMM, ID3, TALB, TIT2, TLAN, TPE1, TRCK
from mutagen.mp4 import MP4, MP4Cover

from accessibility.narration import Narration
from channels.edition import Download, Edition
from content.model import Publication

_AUDIOBOOK = 2
"""MP4 の stik。2 はオーディオブックで、止めた所から続けて聞ける。"""


class AudioChannel:
    """節ごとの MP3（``01-opening.mp3`` …、ID3 付き）、それをまとめた zip、M4B。"""

    name = "audio"
    spoken = True

    def render(self, publication: Publication, narration: Narration) -> Edition:
        cover = (files("channels") / "templates" / "cover.png").read_bytes()
        mp3s: dict[str, bytes] = {}
        downloads: list[Download] = []
        for number, (section, track) in enumerate(
            zip(narration.sections, narration.tracks, strict=True), 1
        ):
            file = f"{number:02}-{section.id.rstrip('_')}.mp3"
            tag = _id3(publication, narration, section.heading.text, number)
            mp3s[file] = tag + track.mp3.read_bytes()
            downloads.append(Download(file, "mp3", section.heading, len(mp3s[file]), track.seconds))
        m4b, archive = f"{publication.name}.m4b", f"{publication.name}-mp3.zip"
        book = _m4b(publication, narration, cover)
        zipped = _zip(mp3s)
        whole = (
            Download(m4b, "m4b", publication.title, len(book), narration.seconds),
            Download(archive, "mp3.zip", publication.title, len(zipped), narration.seconds),
        )
        return Edition(
            publication.id,
            publication.register,
            self.name,
            {**mp3s, m4b: book, archive: zipped},
            main=m4b,
            seconds=round(narration.seconds, 3),
            downloads=(*whole, *downloads),
        )


def _id3(publication: Publication, narration: Narration, title: str, number: int) -> bytes:
    """ID3v2.3（古い機械も読める）のタグ。"""
    tags = ID3()
    tags.add(TIT2(encoding=1, text=title))
    tags.add(TALB(encoding=1, text=publication.title.text))
    tags.add(TPE1(encoding=1, text=publication.plan.issuer))
    tags.add(TRCK(encoding=0, text=f"{number}/{len(narration.tracks)}"))
    tags.add(TLAN(encoding=0, text="jpn"))
    tags.add(COMM(encoding=1, lang="jpn", desc="", text=narration.credit))
    buffer = io.BytesIO()
    tags.save(buffer, v2_version=3, v1=0, padding=lambda info: 0)
    return buffer.getvalue()


def _zip(members: dict[str, bytes]) -> bytes:
    """時刻のない zip。MP3 は縮まないので、そのまま入れる。"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def _m4b(publication: Publication, narration: Narration, cover: bytes) -> bytes:
    """節の AAC を符号化し直さずに並べ、章と表紙を付ける。"""
    # 頭から再生できるように目次（moov）を前に移すには、読み書きできるファイルが要る。
    with tempfile.TemporaryDirectory(prefix="tsutawaru-") as folder:
        file = Path(folder) / "book.m4b"
        _join(file, narration)
        _tag(file, publication, narration, cover)
        return file.read_bytes()


def _join(file: Path, narration: Narration) -> None:
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    with av.open(str(file), "w", format="ipod", options=options) as book:
        stream: AudioStream | None = None
        position = 0
        chapters: list[av.container.core.Chapter] = []
        for number, (section, track) in enumerate(
            zip(narration.sections, narration.tracks, strict=True)
        ):
            begin = position
            with av.open(str(track.aac)) as part:
                if stream is None:
                    stream = book.add_stream_from_template(part.streams.audio[0])
                for packet in part.demux(audio=0):
                    if not packet.size:
                        continue
                    # 節の頭の先走り（priming）も音として並べる。長さは 0.05 秒で、無音である。
                    packet.pts = packet.dts = position
                    packet.stream = stream
                    position += packet.duration or 0
                    book.mux(packet)
            chapters.append(
                {
                    "id": number,
                    "start": begin,
                    "end": position,
                    "time_base": Fraction(1, stream.rate),
                    "metadata": {"title": section.heading.text},
                }
            )
        book.set_chapters(chapters)


def _tag(file: Path, publication: Publication, narration: Narration, cover: bytes) -> None:
    tags = MP4(file)
    tags["\xa9nam"] = tags["\xa9alb"] = publication.title.text
    tags["\xa9ART"] = publication.plan.issuer
    tags["\xa9cmt"] = narration.credit
    tags["stik"] = [_AUDIOBOOK]
    tags["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_PNG)]
    tags.save()
