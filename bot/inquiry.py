"""話の流れの中の質問を探す。前の質問を引き継ぎ、2 つのことを尋ねていれば 2 つ探す。"""

from __future__ import annotations

from collections.abc import Sequence

from bot.context import asks, continues, following, halves, parts, placed, wished
from bot.finder import Finder, Found
from bot.slots import SlotReader, Slots


class Inquiry:
    def __init__(self, finder: Finder, reader: SlotReader) -> None:
        self._finder = finder
        self._reader = reader

    def search(self, turns: Sequence[str], ward: str | None) -> list[Found]:
        """最後の質問の答え。2 つのことを尋ねていれば 2 つ。"""
        read, finder = self._reader.read, self._finder
        earlier = [read(t) for t in turns[:-1]]
        if not continues(read(turns[-1]), finder.wordless):
            earlier = [e for e in earlier if not self._absent(e)]
        found: list[Found] = []
        pieces = [read(piece) for piece in parts(turns[-1])]
        asking = [p for p in pieces if asks(p)] or pieces
        for slots in pieces:
            if slots in asking:
                found.append(self._find(earlier, slots, ward))
            earlier.append(slots)
        if len(found) == 1 and not found[0].good and (pair := halves(turns[-1])):
            first, second = map(read, pair)
            both = [finder.find(s, ward) for s in (first, placed(second, first))]
            found = both if all(f.good for f in both) else found
        # ない区や期のことなら、そこを外して探し直してはならない。
        outside = any(f.reason in ("ward", "period", "city", "elsewhere") for f in found)
        if not outside and not any(f.good for f in found) and (wish := wished(turns[-1])):
            last = finder.find(read(wish), ward)
            found = [last] if last.good else found
        return found

    def _absent(self, slots: Slots) -> bool:
        """ここにない区や期や土地のことか。続きでない質問には、引き継がない。"""
        finder = self._finder
        beyond = (set(slots.wards) - finder.wards) | (set(slots.numbers) - finder.numbers)
        return bool(slots.elsewhere or beyond)

    def _find(self, earlier: Sequence[Slots], slots: Slots, ward: str | None) -> Found:
        finder = self._finder
        results = [finder.find(s, ward) for s in following(earlier, slots, finder.wordless)]
        return next(
            (r for r in results if r.good), results[0] if results else Found("nothing", slots)
        )
