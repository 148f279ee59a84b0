"""版の控え。原稿も作り方も変わらない版は、作り直さずに、前に作ったファイルを使う。"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from accessibility.cache import Cache
from app.manifest import Measure, Row, manifest_row
from channels.edition import Content, Download, Edition
from content.model import Register, Sentence
from content.run_codec import runs_from_json, runs_to_json


@dataclass(frozen=True, slots=True)
class Kept:
    """控えにある版。``edition`` のファイルは、控えの中の場所である。"""

    edition: Edition
    row: Row


@dataclass(frozen=True, slots=True)
class Shelf:
    """版と、版でないファイルの集まり（入口のページなど）の控え。

    鍵は、それを作ったもの（原稿、辞書、声、プログラム）の要約でなければならない。ファイルは中身の
    要約を名前にして控え、使うたびに確かめる。ひとつでもこわれていれば、ないものとして作り直させる。
    """

    cache: Cache

    def edition(self, key: str, publication: str, register: Register, channel: str) -> Kept | None:
        link = self.cache.get_json(key)
        return self._edition(link["same"], publication, register, channel) if link else None

    def _edition(
        self, same: str, publication: str, register: Register, channel: str
    ) -> Kept | None:
        facts = self.cache.get_json(same)
        files = self._files(facts)
        if facts is None or files is None:
            return None
        downloads = tuple(_download(*values) for values in facts["downloads"])
        edition = Edition(
            publication, register, channel, files, facts["main"], facts["seconds"], downloads
        )
        return Kept(edition, manifest_row(edition, _measures(facts)))

    def again(
        self, key: str, same: str, publication: str, register: Register, channel: str
    ) -> Kept | None:
        """別の ``key`` で控えた、中身の決め手 ``same`` の同じ版。次からは ``key`` でも見つかる。"""
        found = self._edition(same, publication, register, channel)
        if found:
            self.cache.put_json(key, {"same": same})
        return found

    def keep_edition(self, key: str, same: str, edition: Edition) -> Kept:
        """版を控える。``key`` でも ``same`` でも見つかる。"""
        facts = self._keep(
            same,
            edition.files,
            main=edition.main,
            seconds=edition.seconds,
            downloads=[
                [d.path, d.format, d.title.id, runs_to_json(d.title.runs), d.bytes, d.seconds]
                for d in edition.downloads
            ],
        )
        self.cache.put_json(key, {"same": same})
        kept = replace(edition, files=self._places(facts))
        return Kept(kept, manifest_row(kept, _measures(facts)))

    def files(self, key: str) -> Mapping[str, Path] | None:
        return self._files(self.cache.get_json(key))

    def keep_files(self, key: str, files: Mapping[str, Content]) -> Mapping[str, Path]:
        return self._places(self._keep(key, files))

    def _keep(self, key: str, files: Mapping[str, Content], **facts: Any) -> dict[str, Any]:
        measures: dict[str, Measure] = {}
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            if self.cache.file(digest, "", digest) is None:
                self.cache.put_file(digest, "", data)
            measures[name] = len(data), digest
        facts["files"] = measures
        self.cache.put_json(key, facts)
        return facts

    def _files(self, facts: dict[str, Any] | None) -> Mapping[str, Path] | None:
        if facts is None:
            return None
        found: dict[str, Path] = {}
        for name, (_, digest) in facts["files"].items():
            path = self.cache.file(digest, "", digest)
            if path is None:
                return None
            found[name] = path
        return found

    def _places(self, facts: dict[str, Any]) -> Mapping[str, Path]:
        return {name: self.cache.path(digest) for name, (_, digest) in facts["files"].items()}


def _measures(facts: dict[str, Any]) -> dict[str, Measure]:
    return {name: (size, digest) for name, (size, digest) in facts["files"].items()}


def _download(
    path: str, format: str, id: str, runs: list[Any], size: int, seconds: float | None
) -> Download:
    return Download(path, format, Sentence(id, runs_from_json(runs)), size, seconds)
