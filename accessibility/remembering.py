"""読みの控え。前に付けた読みを覚えていて、同じ文は調べ直さない。"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from accessibility.cache import Cache
from accessibility.dictionary import Dictionary
from accessibility.readings import Reader
from accessibility.runs import Fixed
from content.model import Run
from content.run_codec import runs_from_json, runs_to_json


class RememberingReader(Reader):
    """付けた読みを ``cache`` の ``key`` に控える ``Reader``。

    ``key`` は、辞書と、読みの付け方（プログラムと部品の版）とを言い当てる鍵。辞書の語のない文は、
    どの社協でも同じ読みなので、``common``（辞書のない読み手）に任せる。控えるのは ``save`` を
    呼んだときだけである。
    """

    def __init__(
        self,
        dictionary: Dictionary | None,
        cache: Cache,
        key: str,
        common: RememberingReader | None = None,
    ) -> None:
        super().__init__(dictionary)
        self._cache = cache
        self._key = key
        self._common = common
        self._known: dict[str, list[Any]] = cache.get_json(key) or {}
        self._new = False

    def read_text(self, text: str, fixed: Sequence[Fixed] = ()) -> tuple[Run, ...]:
        if self._common and self.is_common(text):
            return self._common.read_text(text, fixed)
        name = json.dumps([text, [[f.begin, f.end, f.reading] for f in fixed]], ensure_ascii=False)
        known = self._known.get(name)
        if known is not None:
            return runs_from_json(known)
        runs = super().read_text(text, fixed)
        self._known[name] = runs_to_json(runs)
        self._new = True
        return runs

    def save(self) -> None:
        """新しく付けた読みがあれば、控える。"""
        if self._common:
            self._common.save()
        if self._new:
            self._cache.put_json(self._key, self._known)
            self._new = False
