"""社協ごとの読み手。それぞれの社協の、読みの辞書を使う。"""

from __future__ import annotations

from accessibility.cache import Cache, digest
from accessibility.dictionary import Dictionary, parse_dictionary
from accessibility.readings import Reader
from accessibility.remembering import RememberingReader
from content.bundle import Bundle


def readers(bundle: Bundle) -> dict[str, Reader]:
    """社協の id ごとの、その社協の辞書を使う読み手。"""
    given = dictionaries(bundle)
    return {c.id: Reader(given.get(c.id)) for c in bundle.councils}


def remembering_readers(bundle: Bundle, cache: Cache, product: str) -> dict[str, RememberingReader]:
    """``readers`` と同じ。ただし、前に付けた読みを使う。``product`` はプログラムの要約。"""
    given, texts = dictionaries(bundle), dict(bundle.readings)
    common = RememberingReader(None, cache, digest("readings", product))
    return {
        c.id: RememberingReader(
            given.get(c.id), cache, digest("readings", product, c.id, texts.get(c.id)), common
        )
        for c in bundle.councils
    }


def dictionaries(bundle: Bundle) -> dict[str, Dictionary]:
    """社協の id ごとの読みの辞書。誤りがあれば ``ReadingsError``。"""
    return {id: parse_dictionary(text, f"{id}/readings.tsv") for id, text in bundle.readings}
