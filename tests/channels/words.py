"""試験で使う、言葉の説明。"""

from __future__ import annotations

from accessibility.glossary import Entry, Glossary

WELFARE = Entry(
    ("福祉", "ふくし"), "ふくし", "", "みんなが幸せに暮らすための助け合いです。", ("福祉",)
)
COUNCIL = Entry(
    ("社会福祉協議会", "社協"),
    "しゃかいふくしきょうぎかい",
    "",
    "助け合いを進める団体です。",
    ("福祉",),
)
PROMOTION = Entry(("推進",), "すいしん", "進めること", "ものごとを前に進めることです。", ("参加",))
STIFF = Entry(("実施",), "じっし", "すること", "決めたことを、本当にすることです。", ("計画",))
GLOSSARY = Glossary((WELFARE, COUNCIL, PROMOTION, STIFF))
