"""``tsutawaru publish``: すべての版を作る。"""

from __future__ import annotations

import argparse
import json
import signal
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from tqdm import tqdm

from accessibility.cache import Cache
from app.arguments import DONE, BadCall, count, listed
from app.commands.texts import voice_named
from app.manifest import MANIFEST, Row
from app.output import replacing
from app.publish import prune, publish
from app.readers import dictionaries
from app.settings import Settings
from app.slots import CHANNELS, Part, Progress
from app.workers import workers
from content.bundle import BUNDLED, Bundle, beside, load_folder, sound_files
from content.problems import NotationError, Problem
from content.recorded import RECORDINGS_FOLDER, Recording
from content.store import Store


def run(options: argparse.Namespace, settings: Settings) -> int:
    started = time.monotonic()
    # 止める合図（systemd の停止、kill）も Ctrl-C と同じに扱い、前の出力を残す。
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    voice = voice_named(options.voice)
    only = _channels(options.only)
    processes = count(options.workers, "--workers", 256)
    out = Path(options.out).resolve()
    folder = Path(options.content) if options.content is not None else None
    if folder is not None and not folder.is_dir():
        raise BadCall(f"{folder} という原稿のフォルダはありません。場所を確かめてください。")
    counts: Counter[tuple[Part, bool]] = Counter()
    cache = Cache(settings.cache)
    with replacing(out) as stage, Store.open(settings.database_url) as store:
        bundle = _load(store, folder)
        bar = tqdm(desc="音声と版", total=0, disable=None, leave=False, mininterval=0)

        def expect(count: int) -> None:
            bar.total = (bar.total or 0) + count
            bar.refresh()

        def step(part: Part, reused: bool) -> None:
            counts[part, reused] += 1
            bar.set_postfix_str(f"{counts['版', True]} 版は前のまま", refresh=False)
            bar.update()

        with workers(processes) as executor, bar:
            rows = publish(
                bundle,
                stage,
                voice=voice,
                cache=cache,
                executor=executor,
                only=only,
                progress=Progress(expect, step),
                sounds=store.sound,
                base_url=settings.site_url,
            )
        vanished = _vanished(out, rows)
    if counts["版", False]:
        prune(cache)
    _report(rows, out)
    if vanished:
        print(
            f"前の出力にあった {listed(vanished)} は、--only で選ばなかったので、なくなりました。"
        )
    print(
        f"かかった時間は {time.monotonic() - started:.0f} 秒です"
        f"（版は {_made(counts, '版')}。音声の節は {_made(counts, '節')}）。"
    )
    if "web" in only:
        print(f"見るには、tsutawaru serve --out {options.out} を実行してください。")
    return DONE


def _made(counts: Counter[tuple[Part, bool]], part: Part) -> str:
    return f"{counts[part, False]} を作り、{counts[part, True]} は前のものを使いました"


def _load(store: Store, folder: Path | None) -> Bundle:
    """原稿のフォルダを保管庫に入れ、公開するものを返す。

    フォルダがなく、保管庫が空なら、付いてくる計画を入れる。
    """
    if folder is None:
        if store.is_empty():
            store.load(load_folder(BUNDLED))
        return store.published()
    bundle = load_folder(folder)
    dictionaries(bundle)  # 誤りがあれば、保管庫に入れる前に断る
    _check_sounds(bundle, store.new_recordings(bundle))
    report = store.load(bundle)
    if report.replaced:
        print(
            f"職員の稿や録音に代えて、原稿フォルダの新しいものを公開します: {listed(report.replaced)}"
        )
    published = store.published()
    given = {(p.id, p.register) for p in bundle.publications}
    kept = {(p.id, p.register) for p in published.publications}
    if others := sorted(f"{id}（{register}）" for id, register in kept - given):
        print(f"原稿フォルダにはないが、保管庫にあって公開するもの: {listed(others)}")
    return published


def _check_sounds(bundle: Bundle, recordings: Sequence[Recording]) -> None:
    """版に使えない録音があれば、保管庫に入れる前に断る（``NotationError``）。"""
    if not recordings:
        return
    from accessibility.recorded import RecordingError, clips_of

    problems: list[Problem] = []
    for r in recordings:
        try:
            clips_of(sound_files(bundle, r)[0], r.times)
        except RecordingError as error:
            place = beside(Path(), RECORDINGS_FOLDER, r.publication, r.register)
            problems.append(Problem((place / f"{r.section}.tsv").as_posix(), 1, str(error)))
    if problems:
        raise NotationError(problems)


def _vanished(out: Path, rows: Sequence[Row]) -> list[str]:
    """前の出力にあって、今度の出力にない媒体。"""
    try:
        before = json.loads((out / MANIFEST).read_bytes())["editions"]
    except (OSError, ValueError, KeyError):
        return []
    return sorted({str(r["channel"]) for r in before} - {r["channel"] for r in rows})


def _report(rows: Sequence[Row], out: Path) -> None:
    print(f"{out} に作りました。")
    for channel in CHANNELS:
        made = [r for r in rows if r["channel"] == channel]
        if made:
            size = sum(r["bytes"] for r in made) / 1e6
            minutes = sum(r["seconds"] or 0 for r in made) / 60
            length = f"、{minutes:.0f} 分" if minutes else ""
            print(f"  {channel:6} {len(made)} 冊  {size:.1f} MB{length}")


def _channels(names: str | None) -> tuple[str, ...]:
    if names is None:
        return CHANNELS
    chosen = [name.strip() for name in names.split(",")]
    for name in chosen:
        if name not in CHANNELS:
            raise BadCall(
                f"「{name}」という媒体はありません。--only には {listed(CHANNELS)} が使えます。"
            )
    return tuple(c for c in CHANNELS if c in chosen)
