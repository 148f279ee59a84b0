"""壊し方: 道（path）ごとに、何度、どう壊れるか。"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase


@dataclass(frozen=True, slots=True)
class Fault:
    """``LinePlatform.fail`` の引数のとおり。"""

    path: str
    status: int | None
    body: str | None
    headers: dict[str, str]
    delay: float
    drop: bool
    accepted: bool
    times: int | None


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def take(self, path: str) -> Fault | None:
        """``path`` の次の壊れ方を 1 回分使う。先に頼まれたものから。"""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if fnmatchcase(path, fault.path):
                    if fault.times == 1:
                        del self._faults[index]
                    elif fault.times is not None:
                        self._faults[index] = replace(fault, times=fault.times - 1)
                    return fault
        return None
