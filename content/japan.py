"""日本の時刻。日付も、見せる時刻も、これで数える。"""

from __future__ import annotations

import datetime

JAPAN = datetime.timezone(datetime.timedelta(hours=9))
"""夏時間がないので、いつも 9 時間進んでいる。"""
