"""DAISY 2.02 の SMIL。節ひとつに 1 つで、文ひとつが par（文字と音の組）ひとつになる。"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from accessibility.narration import Narration, Track
from channels.daisy_xml import SMIL, element, lines, metas, serialized
from content.model import Section

TEXT_FILE = "text.html"
GENERATOR = "Tsutawaru"
FORMAT = "Daisy 2.02"

_SHORTEST = 60
"""par ひとつの最も短い長さ（ミリ秒）。声のない文は、前の文の終わりの間をこれだけもらう。"""


@dataclass(frozen=True, slots=True)
class Cue:
    """文ひとつの時間（ミリ秒、MP3 の中の時刻）。"""

    sentence_id: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Part:
    """節ひとつ。``stem`` は SMIL と MP3 の名前、``elapsed`` はこの節より前の長さ（ミリ秒）。"""

    section: Section
    track: Track
    stem: str
    elapsed: int
    cues: tuple[Cue, ...]

    @property
    def smil(self) -> str:
        return f"{self.stem}.smil"

    @property
    def mp3(self) -> str:
        return f"{self.stem}.mp3"

    @property
    def length(self) -> int:
        return self.cues[-1].end


@dataclass(frozen=True, slots=True)
class Label:
    """すべてのファイルに同じものを書く、本の目印と題名。"""

    identifier: str
    title: str


def parts(narration: Narration) -> tuple[Part, ...]:
    """読む順の節。名前は ``s001`` から。"""
    made: list[Part] = []
    elapsed = 0
    digits = max(3, len(str(len(narration.sections))))
    for number, (section, track) in enumerate(
        zip(narration.sections, narration.tracks, strict=True), 1
    ):
        made.append(Part(section, track, f"s{number:0{digits}}", elapsed, cues(section, track)))
        elapsed += made[-1].length
    return tuple(made)


def cues(section: Section, track: Track) -> tuple[Cue, ...]:
    """文字のある文すべての時間。すきまなく並び、音声の始めから終わりまでをおおう。

    声のない文（絵文字だけの欄など）にも par が要る（文字だけの par は audioFullText では誤りになる）。
    """
    ids = [s.id for s in section.sentences if s.text.strip()]
    begins = {clip.sentence_id: round(clip.begin * 1000) for clip in track.clips}
    end = round(track.seconds * 1000)
    shortest = min(_SHORTEST, end // len(ids))
    made: list[Cue] = []
    for place in range(len(ids) - 1, -1, -1):
        latest = end - shortest
        begin = max(place * shortest, min(begins.get(ids[place], latest), latest))
        made.append(Cue(ids[place], begin if place else 0, end))
        end = begin
    return tuple(reversed(made))


def smil(part: Part, label: Label) -> bytes:
    head = _head(
        label,
        part.section.heading.text,
        [
            ("ncc:totalElapsedTime", clock(part.elapsed)),
            ("ncc:timeInThisSmil", clock(part.length)),
        ],
    )
    sequence = lines("seq", _pars(part), dur=f"{seconds(part.length)}s")
    return serialized(lines("smil", [head, lines("body", [sequence])]), SMIL)


def master(parts: Sequence[Part], label: Label) -> bytes:
    """すべての SMIL を読む順に並べた ``master.smil``（なくてもよいが、使う機械がある）。"""
    total = parts[-1].elapsed + parts[-1].length
    refs = [
        element("ref", title=p.section.heading.text, src=f"{p.smil}#{par_id(1)}", id=f"r{n}")
        for n, p in enumerate(parts, 1)
    ]
    head = _head(label, label.title, [("ncc:timeInThisSmil", clock(total))])
    return serialized(lines("smil", [head, lines("body", refs)]), SMIL)


def par_id(number: int) -> str:
    """節の中の ``number`` 番目（1 から）の par の目印。"""
    return f"p{number}"


def seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03}"


def clock(milliseconds: int) -> str:
    """``hh:mm:ss.mmm``。"""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes // 60:02}:{minutes % 60:02}:{rest // 1000:02}.{rest % 1000:03}"


def _pars(part: Part) -> Iterator[ET.Element]:
    for number, cue in enumerate(part.cues, 1):
        yield element(
            "par",
            element("text", src=f"{TEXT_FILE}#{cue.sentence_id}", id=f"t{number}"),
            element(
                "audio",
                src=part.mp3,
                clip_begin=f"npt={seconds(cue.begin)}s",
                clip_end=f"npt={seconds(cue.end)}s",
                id=f"a{number}",
            ),
            endsync="last",
            id=par_id(number),
        )


def _head(label: Label, title: str, times: Sequence[tuple[str, str]]) -> ET.Element:
    facts = [
        ("dc:format", FORMAT),
        ("dc:identifier", label.identifier),
        ("dc:title", label.title),
        ("title", title),
        ("ncc:generator", GENERATOR),
        *times,
    ]
    return lines("head", [*metas(facts), element("layout", element("region", id="text"))])
