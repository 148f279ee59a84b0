"""やさしい日本語の検査の入口。"""

from accessibility.plain.check import Report, check_publication, check_text
from accessibility.plain.excuses import Excuse, ExcusesError, parse_excuses
from accessibility.plain.remark import Remark

__all__ = [
    "Excuse",
    "ExcusesError",
    "Remark",
    "Report",
    "check_publication",
    "check_text",
    "parse_excuses",
]
