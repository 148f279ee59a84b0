"""目録（OUT/manifest.json）の行。版ごとに、場所、大きさ、要約、長さ。"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import TypedDict

from channels.edition import Edition

MANIFEST = "manifest.json"

Measure = tuple[int, str]
"""ファイルの大きさ（バイト）と、中身の SHA-256（16 進）。"""


class Row(TypedDict):
    """目録の 1 行。``path`` は OUT からの相対。``seconds`` は音声の長さ（なければ None）。"""

    publication: str
    register: str
    channel: str
    path: str
    bytes: int
    sha256: str
    seconds: float | None


def manifest_row(edition: Edition, measures: Mapping[str, Measure]) -> Row:
    """``measures`` は版のファイルの名前ごとの大きさと要約。

    フォルダの版（web）は、大きさは合計、要約は sha256sum の行「要約␣␣場所」を並べたものの要約。
    """
    if edition.main:
        size, digest = measures[edition.main]
    else:
        size = sum(size for size, _ in measures.values())
        lines = sorted(f"{digest}  {name}\n" for name, (_, digest) in measures.items())
        digest = hashlib.sha256("".join(lines).encode()).hexdigest()
    return {
        "publication": edition.publication,
        "register": edition.register,
        "channel": edition.channel,
        "path": f"{edition.folder}/{edition.main}" if edition.main else edition.folder,
        "bytes": size,
        "sha256": digest,
        "seconds": edition.seconds,
    }


def manifest(rows: Iterable[Row]) -> bytes:
    return (json.dumps({"editions": list(rows)}, ensure_ascii=False, indent=1) + "\n").encode()
