"""試しの文字。ふつうの日本語、記号、どんな Unicode でも。"""

from __future__ import annotations

from hypothesis import strategies as st

JAPANESE = st.text(
    "あいうえおかがきくっゃをはへんアイウカーッ漢字食物一二三百千万年月日人々方行今市区社協"
    "ヶ123０１ab AＢ、。「」（）()～~・-－/:.,%@#&=+㈱①Ⅱ㎡℃😀𠮷髙ﾊﾞ　\nゝ〇○×※→…！？｜《》\\",
    max_size=30,
)

ANY = st.text(st.characters(blacklist_categories=("Cs",)), max_size=30)
