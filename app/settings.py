"""設定。環境変数はここで一度だけ読む。"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Settings:
    """``database_url`` は SQLAlchemy の形。``cache`` は音声の控えのフォルダ。"""

    database_url: str
    cache: Path

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        var = CHECKOUT / "var"
        return cls(
            environment.get("TSUTAWARU_DATABASE_URL") or f"sqlite:///{var / 'tsutawaru.db'}",
            Path(environment.get("TSUTAWARU_CACHE") or var / "cache"),
        )
