"""このサイトのページから送られたか。"""

from __future__ import annotations

import pytest

from app.origin import own


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site", "origin": "http://a.jp", "host": "a.jp"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"origin": "https://a.jp", "host": "a.jp"}, True),
        ({"origin": "https://a.jp:8443", "host": "a.jp"}, False),
        ({"origin": "https://b.jp", "host": "a.jp"}, False),
        ({"origin": "null", "host": "a.jp"}, False),
        ({"origin": "http://[bad", "host": "a.jp"}, False),
        ({"host": "a.jp"}, True),
    ],
)
def test_ほかのサイトからのものだけを断る(headers: dict[str, str], expected: bool) -> None:
    assert own(headers) is expected
