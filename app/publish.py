"""原稿から、すべての版まで。

作るのは、変わったものだけである。版の鍵は、その版を決めるもの（原稿、社協、読みの辞書、声、
プログラム）すべての要約で、鍵の同じ版が控えにあれば、それを使う。辞書が変わっても、読みの
変わらない版は作り直さない。
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import astuple

from accessibility.cache import Cache, digest
from accessibility.voices import Voice
from app.manifest import MANIFEST, Row, manifest
from app.output import Stage
from app.product import product_digest
from app.settings import LOCAL
from app.shelf import Shelf
from app.slots import CHANNELS, BookId, Progress, Slot, no_sounds
from content.bundle import Bundle
from content.council import write_council
from content.notation_write import write
from content.recorded import Sounds

EDITIONS = "editions"
"""控えのフォルダの中の、版の控えの名前。"""

SOUND_DAYS, EDITION_DAYS = 180, 1
"""使わなくなった控えを残す日数。音は作るのに時間がかかり、版は大きい。"""


def publish(
    bundle: Bundle,
    stage: Stage,
    *,
    voice: Voice,
    cache: Cache,
    executor: Executor,
    only: Sequence[str] = CHANNELS,
    progress: Progress | None = None,
    base_url: str = LOCAL,
    sounds: Sounds = no_sounds,
) -> tuple[Row, ...]:
    """``bundle`` のすべての版を ``stage`` に作り、目録を書く。

    ``base_url`` は、このサイトの住所（フィードのリンクの頭）。``sounds`` は、人の録音の音。
    """
    progress = progress or Progress()
    product = product_digest()
    shelf = Shelf(Cache(cache.folder / EDITIONS))
    sources, tables = _sources(bundle, voice, product), dict(bundle.readings)
    councils = {(p.id, p.register): p.council for p in bundle.publications}
    keys = {
        Slot(*book, channel): digest("edition", channel, source, tables.get(councils[book]))
        for book, source in sources.items()
        for channel in only
    }
    site_keys = _site_keys(keys, only, product, base_url)
    kept = {slot: found for slot, key in keys.items() if (found := shelf.edition(key, *slot))}
    made = {site: files for site, key in site_keys.items() if (files := shelf.files(key))}
    progress.expect(len(keys))
    for _ in kept:
        progress.step("版", True)

    missing = [slot for slot in keys if slot not in kept]
    if missing or len(made) < len(site_keys):
        # 変わったものがなければ、読み、音声、媒体の部品（重い）は読み込まない。
        from app.press import Press, sites

        # 入口のページは、すべての出版物の題名や見出しを使う。
        wanted = {s.book for s in missing} if len(made) == len(site_keys) else set(sources)
        press = Press.load(bundle, wanted, voice, cache, product)
        # 辞書の表が変わっても、この本に付いた読みが変わらなければ、同じ版になる。
        read = {book: press.readings(book) for book in {slot.book for slot in missing}}
        alike = {
            slot: digest("read", slot.channel, sources[slot.book], read[slot.book])
            for slot in missing
        }
        for slot, key in alike.items():
            if found := shelf.again(keys[slot], key, *slot):
                kept[slot] = found
                progress.step("版", True)
        missing = [slot for slot in missing if slot not in kept]
        tracks = press.speak(missing, executor, progress, sounds)
        for slot in missing:
            kept[slot] = shelf.keep_edition(keys[slot], alike[slot], press.render(slot, tracks))
            progress.step("版", False)
        finished = {slot: found.edition for slot, found in kept.items()}
        by_name = sites(press.names, press.glossary, base_url)
        for site in [s for s in site_keys if s not in made]:
            name, publication = site
            rendered = by_name[name].render(press.catalogue(finished, only, publication))
            made[site] = shelf.keep_files(site_keys[site], rendered)

    for slot in keys:
        stage.write(kept[slot].edition.folder, kept[slot].edition.files)
    for site in site_keys:
        stage.write("", made[site])
    rows = tuple(kept[slot].row for slot in keys)
    stage.write("", {MANIFEST: manifest(rows)})
    return rows


def prune(cache: Cache) -> None:
    """使わなくなった控えを消す。"""
    cache.prune(SOUND_DAYS)
    Cache(cache.folder / EDITIONS).prune(EDITION_DAYS)


def _site_keys(
    keys: Mapping[Slot, str], only: Sequence[str], product: str, base_url: str
) -> dict[tuple[str, str], str]:
    """版がすべてできてから走るものの鍵。名前と、ひとつの出版物だけのものならその id で引く。"""
    found: dict[tuple[str, str], str] = {}
    for name in ("web", "daisy"):
        if name in only:
            found[name, ""] = digest("site", name, product, [*keys.values()])
    if {"web", "audio"} & set(only):
        found["feed", ""] = digest("site", "feed", product, base_url, [*keys.values()])
    if "web" in only:
        for id in dict.fromkeys(slot.publication for slot in keys):
            own = [key for slot, key in keys.items() if slot.publication == id]
            found["work", id] = digest("site", "work", product, own)
    return found


def _sources(bundle: Bundle, voice: Voice, product: str) -> dict[BookId, str]:
    """出版物ごとの、読みのほかの、版を決めるものすべての要約。

    同じ id の別の文章（やさしい日本語など）も入る。ページがたがいにリンクするからである。
    """
    councils = {c.id: write_council(c) for c in bundle.councils}
    spoken = [voice.id, voice.gain, voice.credit, voice.name]
    texts: dict[str, list[tuple[str, str, list[tuple[str, str]]]]] = {}
    for p in bundle.publications:
        pictures = [(x.name, hashlib.sha256(x.data).hexdigest()) for x in p.pictures]
        texts.setdefault(p.id, []).append((p.register, write(p), pictures))
    proofread: dict[str, list[tuple[str, str, str]]] = {}
    for mark in bundle.proofread:
        facts = (mark.register, mark.digest, mark.day.isoformat())
        proofread.setdefault(mark.publication, []).append(facts)
    return {
        (p.id, p.register): digest(
            product,
            spoken,
            p.register,
            p.id,
            texts[p.id],
            councils[p.council],
            proofread.get(p.id),
            [astuple(r) for r in bundle.recordings if r.publication == p.id],
        )
        for p in bundle.publications
    }
