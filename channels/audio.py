"""音声の版。節ごとの MP3 と、章の付いた M4B（1 つのファイルのオーディオブック）。

``clips.json`` は、M4B の中の文ごとの時間（秒）。文だけを、符号化し直さずに切り出せる（会話の答えの音声）。
"""

from __future__ import annotations

import io
import json
import tempfile
import zipfile
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import files
from itertools import pairwise
from pathlib import Path

import av
from av.audio.stream import AudioStream
from mutagen.id3 import COMM, ID3, TALB, TIT2, TLAN, TPE1, TRCK
from mutagen.mp4 import MP4, MP4Cover

from accessibility.narration import Narration
from accessibility.sound import AAC_FRAME, MP3_DELAY, RATE
from channels import facts
from channels.edition import Download, Edition
from channels.wording import Wording
from content.model import Publication
from content.recorded import text_key

CLIPS = "clips.json"
"""文ごとの時間の目録の名前。``{"file": M4B の名前, "clips": {文の id: [始め, 終わり]}}``。"""

SENTENCES = "sentences.json"
"""読む順の文と、その音の要約の目録の名前（聞いて校正のため）。

``{"heard": 全部の要約, "sections": [{"id", "heading", "text": 文字の要約, "sentences": [[文の id, 要約, 文字]]}]}``。
"""

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
        book, borders = _m4b(publication, narration, cover)
        clips = json.dumps({"file": m4b, "clips": dict(_clips(narration, borders))}, indent=0)
        zipped = _zip(mp3s)
        whole = (
            Download(m4b, "m4b", publication.title, len(book), narration.seconds),
            Download(archive, "mp3.zip", publication.title, len(zipped), narration.seconds),
        )
        return Edition(
            publication.id,
            publication.register,
            self.name,
            {
                **mp3s,
                m4b: book,
                archive: zipped,
                CLIPS: clips.encode(),
                SENTENCES: _sentences(narration),
            },
            main=m4b,
            seconds=round(narration.seconds, 3),
            downloads=(*whole, *downloads),
        )


def _id3(publication: Publication, narration: Narration, title: str, number: int) -> bytes:
    """ID3v2.3（古い機械も読める）のタグ。"""
    tags = ID3()
    tags.add(TIT2(encoding=1, text=title))
    tags.add(TALB(encoding=1, text=facts.title(publication, Wording.load({}))))
    tags.add(TPE1(encoding=1, text=publication.plan.issuer))
    tags.add(TRCK(encoding=0, text=f"{number}/{len(narration.tracks)}"))
    tags.add(TLAN(encoding=0, text="jpn"))
    tags.add(COMM(encoding=1, lang="jpn", desc="", text=_comment(publication, narration)))
    buffer = io.BytesIO()
    tags.save(buffer, v2_version=3, v1=0, padding=lambda info: 0)
    return buffer.getvalue()


def _comment(publication: Publication, narration: Narration) -> str:
    """声の作り手と条件、校正の有無。"""
    proofread = facts.text(facts.proofread(publication, Wording.load({})))
    return f"{narration.credit} {proofread}"


def _zip(members: dict[str, bytes]) -> bytes:
    """時刻のない zip。MP3 は縮まないので、そのまま入れる。"""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def _m4b(
    publication: Publication, narration: Narration, cover: bytes
) -> tuple[bytes, tuple[int, ...]]:
    """節の AAC を符号化し直さずに並べ、章と表紙を付ける。2 つめは節の切れ目（標本の数）。"""
    # 頭から再生できるように目次（moov）を前に移すには、読み書きできるファイルが要る。
    with tempfile.TemporaryDirectory(prefix="tsutawaru-") as folder:
        file = Path(folder) / "book.m4b"
        borders = _join(file, narration)
        _tag(file, publication, narration, cover)
        return file.read_bytes(), borders


def _join(file: Path, narration: Narration) -> tuple[int, ...]:
    options = {"fflags": "+bitexact", "movflags": "+faststart"}
    borders = [0]
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
            borders.append(position)
        book.set_chapters(chapters)
    return tuple(borders)


def _clips(
    narration: Narration, borders: tuple[int, ...]
) -> Iterator[tuple[str, tuple[float, float]]]:
    """文の id と、M4B の中の時間（秒）。AAC のフレームの切れ目（0.05 秒ごと）に合わせてある。"""
    for track, (begin, end) in zip(narration.tracks, pairwise(borders), strict=True):

        def moved(seconds: float, *, _begin: int = begin, _end: int = end) -> float:
            # MP3 の時刻から MP3 の遅れを引き、AAC の先走り（1 フレーム）を足すと、節の中の標本になる。
            place = round(seconds * RATE) - MP3_DELAY + AAC_FRAME
            frame = _begin + AAC_FRAME * max(0, round(place / AAC_FRAME))
            return round(min(frame, _end) / RATE, 3)

        for clip in track.clips:
            # 最初の文は節の頭から、最後の文は節の終わりまで。
            first, last = clip is track.clips[0], clip is track.clips[-1]
            yield (
                clip.sentence_id,
                (
                    round(begin / RATE, 3) if first else moved(clip.begin),
                    round(end / RATE, 3) if last else moved(clip.end),
                ),
            )


def _sentences(narration: Narration) -> bytes:
    """聞いて校正する文。声のある文だけ。"""
    keys = narration.heard.keys
    sections = []
    for section, track in zip(narration.sections, narration.tracks, strict=True):
        texts = {s.id: s.text for s in section.sentences}
        spoken = [clip.sentence_id for clip in track.clips]
        sections.append(
            {
                "id": section.id,
                "heading": section.heading.text,
                "text": text_key(section.sentences),
                "sentences": [[id, keys.get(id, ""), texts[id]] for id in spoken],
            }
        )
    facts = {"heard": narration.heard.whole, "sections": sections}
    return json.dumps(facts, ensure_ascii=False, indent=0).encode()


def _tag(file: Path, publication: Publication, narration: Narration, cover: bytes) -> None:
    tags = MP4(file)
    tags["\xa9nam"] = tags["\xa9alb"] = facts.title(publication, Wording.load({}))
    tags["\xa9ART"] = publication.plan.issuer
    tags["\xa9cmt"] = _comment(publication, narration)
    tags["stik"] = [_AUDIOBOOK]
    tags["covr"] = [MP4Cover(cover, MP4Cover.FORMAT_PNG)]
    tags.save()
