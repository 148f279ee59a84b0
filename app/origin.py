"""このサイトのページから送られた求めか。ほかのサイトのページに、人の名で送らせない。"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit


def own(headers: Mapping[str, str]) -> bool:
    """``headers``（名前は小文字でも引けるもの）の求めが、このサイトのページからのものか。

    ``Sec-Fetch-Site`` を送らない古いブラウザーには ``Origin`` で、どちらも送らないもの（ブラウザーでない
    もの）は、人の cookie を持たないので通す。
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    try:
        return origin is None or urlsplit(origin).netloc == headers.get("host")
    except ValueError:  # 場所の形でない
        return False
