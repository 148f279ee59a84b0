"""にせの LINE のリッチメニュー。"""

from __future__ import annotations

import pytest

from tests.line_platform import LinePlatform
from tests.line_platform.calling import ASK, JSON, call, changed

MENU = {
    "size": {"width": 2500, "height": 1686},
    "selected": True,
    "name": "menu",
    "chatBarText": "メニュー",
    "areas": [{"bounds": {"x": 0, "y": 0, "width": 2500, "height": 1686}, "action": ASK}],
}


# リッチメニュー ---------------------------------------------------------------------


def png(width: int, height: int) -> bytes:
    head = b"\x89PNG\r\n\x1a\n" + (13).to_bytes(4, "big") + b"IHDR"
    return head + width.to_bytes(4, "big") + height.to_bytes(4, "big")


def test_リッチメニューは画像を載せてから_みんなに見える(line: LinePlatform) -> None:
    status, made = call(line, "/v2/bot/richmenu", MENU)
    menu = made["richMenuId"]
    everyone, content = f"/v2/bot/user/all/richmenu/{menu}", f"/v2/bot/richmenu/{menu}/content"
    image = {"Content-Type": "image/png"}
    assert status == 200
    assert call(line, everyone)[0] == 400  # 画像がまだない
    for height in (843, 1700):  # 大きさが違う
        assert call(line, content, png(2500, height), headers=image)[0] == 400
    too_large = png(2500, 1686) + b"0" * 1024 * 1024
    assert call(line, content, too_large, headers=image)[0] == 413
    assert call(line, content, png(2500, 1686), headers=image)[0] == 200
    assert call(line, content, png(2500, 1686), headers=image)[0] == 400  # 2 度は載せられない
    assert line.default_menu is None
    assert call(line, everyone)[0] == 200
    assert line.default_menu is not None
    assert call(line, "/v2/bot/user/all/richmenu", method="GET")[1] == {"richMenuId": menu}
    assert len(call(line, "/v2/bot/richmenu/list", method="GET")[1]["richmenus"]) == 1
    assert call(line, f"/v2/bot/richmenu/{menu}", method="DELETE")[0] == 200
    assert call(line, "/v2/bot/user/all/richmenu", method="GET")[0] == 404


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("size.width", 2501),
        ("size.height", 1725),
        ("chatBarText", "あ" * 15),
        ("name", None),
        ("areas", []),
        ("areas.0.bounds.x", 1),
        ("areas.0.action.label", None),
        ("areas.0.action.label", "あ" * 21),
    ],
)
def test_誤ったリッチメニューを断る(line: LinePlatform, place: str, value: JSON) -> None:
    assert call(line, "/v2/bot/richmenu", changed(MENU, place, value))[0] == 400
    assert call(line, "/v2/bot/richmenu/list", method="GET")[1] == {"richmenus": []}
