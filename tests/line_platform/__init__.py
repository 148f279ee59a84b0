"""厳しい、にせの LINE（HTTP サーバー）と、そこにいる人たち。使い方は ``LinePlatform``。"""

from tests.line_platform.platform import LinePlatform, ManualClock, Response
from tests.line_platform.records import Call, Received
from tests.line_platform.resident import Event, Resident, in_mode, mention_of, redelivered

__all__ = [
    "Call",
    "Event",
    "LinePlatform",
    "ManualClock",
    "Received",
    "Resident",
    "Response",
    "in_mode",
    "mention_of",
    "redelivered",
]
