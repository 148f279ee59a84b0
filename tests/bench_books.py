"""本の測定（make bench）。版ごとの大きさと、anemone-daisy-maker（PyPI）と並べた DAISY 作りの手間。"""

from __future__ import annotations

import html
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from accessibility.audit.daisy import audit
from accessibility.cache import Cache
from accessibility.narration import Narration, narrate
from accessibility.voices import OpenJTalk
from app.books import books
from app.workers import InlineExecutor
from channels.daisy import DaisyChannel, identifier
from content.bundle import BUNDLED, load_folder
from content.model import Publication, Section, block_sentences

ROUNDS = 5
"""交互に作る回数。いちばん速い回を比べる（ほかの仕事に邪魔された回を除く）。"""

SIZES = (
    ("web", "ページの MP3", "*.mp3"),
    ("web", "ページのすべて（ふりがなあり・なし、音声）", "*"),
    ("audio", "節ごとの MP3", "*.mp3"),
    ("audio", "M4B", "*.m4b"),
    ("daisy", "DAISY の zip", "*.zip"),
    ("epub", "EPUB（ふりがなあり）", "{name}.epub"),
    ("epub", "EPUB（ふりがななし）", "{name}-noruby.epub"),
    ("text", "文字", "*.txt"),
)
"""媒体、名前、版のフォルダの中のファイル。"""


def sizes(out: Path) -> Iterator[str]:
    """音声 1 時間ぶんの大きさ。音声のない版は、その本の音声版の長さで割る。"""
    rows = json.loads((out / "manifest.json").read_text("utf-8"))["editions"]
    spoken = {row["publication"]: row["seconds"] for row in rows if row["channel"] == "audio"}
    for channel, name, pattern in SIZES:
        size, seconds = 0, 0.0
        for row in (r for r in rows if r["channel"] == channel):
            folder = out / row["publication"] / row["register"] / channel
            found = folder.rglob(pattern.format(name=Path(row["publication"]).name))
            size += sum(path.stat().st_size for path in found if path.is_file())
            seconds += row["seconds"] or spoken[row["publication"]]
        yield f"{name}: 音声 1 時間あたり {size / seconds * 3600 / 1e6:.2f} MB（音声 {seconds / 60:.0f} 分）"


@dataclass(frozen=True, slots=True)
class Maker:
    """DAISY を作るもの。``make`` は本とできた zip の場所を受け取る。"""

    name: str
    make: Callable[[Publication, Narration, Path], None]


def tsutawaru(publication: Publication, narration: Narration, place: Path) -> None:
    edition = DaisyChannel().render(publication, narration)
    content = edition.files[edition.main]
    assert isinstance(content, bytes)
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(content)


def anemone(publication: Publication, narration: Narration, place: Path) -> None:
    """同じ MP3 と時刻を、節ごとの HTML と JSON で渡す。``mp3_recode`` を付けないので MP3 はそのまま入る。"""
    from anemone import anemone as make

    tracks = narration.tracks
    make(
        *(str(track.mp3) for track in tracks),
        *map(_page, narration.sections),
        *({"markers": [{"id": c.sentence_id, "time": c.begin} for c in t.clips]} for t in tracks),
        str(place),
        lang=publication.language,
        title=publication.title.text,
        url=identifier(publication),
        creator=publication.plan.issuer,
        publisher=publication.plan.issuer,
        reader=narration.credit,
        date=publication.date.isoformat(),
        cache="",
        warning_callback=lambda _: None,
        info_callback=lambda _: None,
    )


def _page(section: Section) -> str:
    """節ひとつの HTML。文に ``data-pid``（anemone の決まり）を付ける。"""
    level, heading = section.level, section.heading

    def span(tag: str, id: str, text: str) -> str:
        return f'<{tag} data-pid="{id}">{html.escape(text)}</{tag}>'

    blocks = (
        "".join(span("span", s.id, s.text) for s in block_sentences(block) if s.text)
        for block in section.blocks
    )
    body = "".join(f"<p>{block}</p>\n" for block in blocks)
    return f"<html><body>{span(f'h{level}', heading.id, heading.text)}\n{body}</body></html>"


def cpu() -> float:
    """このプロセスと子プロセスの CPU 秒（利用者とシステム）。"""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def beside(cache: Path) -> Iterator[str]:
    """同じ読み上げから、すべての本を交互に作る。"""
    made = [
        (book.publication, Narration(OpenJTalk().credit, book.sections, tuple(tracks)))
        for book in books(load_folder(BUNDLED), OpenJTalk(), Cache(cache))
        for tracks in [narrate(book.jobs, InlineExecutor())]
    ]
    hours = sum(narration.seconds for _, narration in made) / 3600
    makers = (Maker("伝わる", tsutawaru), Maker("anemone-daisy-maker", anemone))
    costs: dict[str, list[tuple[float, float]]] = {maker.name: [] for maker in makers}
    with tempfile.TemporaryDirectory(prefix="tsutawaru-bench-") as name:
        folder = Path(name)
        for _ in range(ROUNDS):
            for maker in makers:
                used, start = cpu(), time.perf_counter()
                for publication, narration in made:
                    maker.make(publication, narration, _place(folder, maker, publication))
                costs[maker.name].append((cpu() - used, time.perf_counter() - start))
        for maker in makers:
            used, wall = (min(values) for values in zip(*costs[maker.name], strict=True))
            places = [_place(folder, maker, publication) for publication, _ in made]
            size = sum(place.stat().st_size for place in places)
            findings = Counter(f.code for place in places for f in audit(place))
            kinds = "、".join(f"{code} {n}" for code, n in findings.most_common())
            yield (
                f"{maker.name}: CPU {used:.2f} 秒、経過 {wall:.2f} 秒、{size / 1e6:.2f} MB"
                f"（{len(places)} 冊、音声 {hours * 60:.0f} 分）、"
                f"検査で見つかったこと {findings.total()}{f'（{kinds}）' if kinds else ''}"
            )
        ours, theirs = (min(used for used, _ in costs[maker.name]) for maker in makers)
        yield f"DAISY 作りの CPU: anemone-daisy-maker は、伝わるの {theirs / ours:.1f} 倍"


def _place(folder: Path, maker: Maker, publication: Publication) -> Path:
    return folder / maker.name / f"{publication.name}-{publication.register}-daisy.zip"


def report(out: Path, cache: Path) -> None:
    """``out`` は ``publish`` の出力先、``cache`` はその音声の控え。"""
    for line in (*sizes(out), *beside(cache)):
        print(line)


def main() -> None:
    with tempfile.TemporaryDirectory(prefix="tsutawaru-bench-") as name:
        out, cache = Path(name) / "out", Path(name) / "cache"
        environment = {
            **os.environ,
            "TSUTAWARU_DATABASE_URL": f"sqlite:///{name}/tsutawaru.db",
            "TSUTAWARU_CACHE": str(cache),
        }
        command = (sys.executable, "-m", "app", "publish", "--out", str(out), "--workers", "2")
        subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        report(out, cache)


if __name__ == "__main__":
    main()
