"""リッチメニュー: 定義と絵が合い、読みやすく、何度入れても 1 つだけであること。

元（rich-menu.svg）を変えたら、``pytest tests/channels/test_line_menu.py --update-golden`` で絵を作り直す。
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Browser

from bot.menu import Commands
from bot.wording import load_wording
from channels.line_menu import HEIGHT, LABELS, WIDTH, MenuError, install_menu, menu, picture
from tests.line_platform import LinePlatform

FOLDER = Path(str(files("channels"))) / "templates" / "line"
SVG = "{http://www.w3.org/2000/svg}"
Pixels = npt.NDArray[np.uint8]


@pytest.fixture
def platform() -> Iterator[LinePlatform]:
    with LinePlatform() as platform:
        yield platform


def pixels(png: bytes) -> Pixels:
    with av.open(io.BytesIO(png)) as container:
        frame = next(container.decode(video=0))
        return np.asarray(frame.to_ndarray(format="rgb24"))


def luminance(color: tuple[int, ...]) -> float:
    """WCAG 2.2 の相対輝度。"""
    linear = [
        v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in np.divide(color, 255)
    ]
    return float(np.dot(linear, (0.2126, 0.7152, 0.0722)))


def areas(image: Pixels) -> Iterator[Pixels]:
    for area in menu()["areas"]:
        at = area["bounds"]
        yield image[at["y"] : at["y"] + at["height"], at["x"] : at["x"] + at["width"]]


# 絵 -------------------------------------------------------------------------------


def test_絵は元から作ったもの(browser: Browser, request: pytest.FixtureRequest) -> None:
    page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
    source = (FOLDER / "rich-menu.svg").read_text("utf-8")
    page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{source}")
    made = page.screenshot()
    page.close()
    if request.config.getoption("--update-golden"):
        (FOLDER / "rich-menu.png").write_bytes(made)
    difference = np.abs(pixels(made).astype(int) - pixels(picture()).astype(int)).max(axis=2)
    # 文字の縁のなめらかさは、ブラウザの版で少し違ってよい。
    assert (difference > 128).mean() < 0.002


def test_絵の言葉は_ボタンの名前と同じ() -> None:
    tree = ET.parse(FOLDER / "rich-menu.svg")
    groups = tree.getroot().findall(f"{SVG}g")
    labels = [
        "".join(t.text or "" for t in g.findall(f"{SVG}text[@class='label']")) for g in groups
    ]
    kana = ["".join(t.text or "" for t in g.findall(f"{SVG}text[@class='kana']")) for g in groups]
    assert tuple(labels) == LABELS
    assert all(re.fullmatch(r"[ぁ-ん・ ]+", reading) for reading in kana)


def test_絵は大きさの限度に収まる() -> None:
    assert pixels(picture()).shape == (HEIGHT, WIDTH, 3)
    assert len(picture()) <= 1024 * 1024


def test_字と地の明暗の差は7以上() -> None:
    for area in areas(pixels(picture())):
        colors = Counter(map(tuple, area[::4, ::4].reshape(-1, 3).tolist()))
        dark, light = sorted(luminance(color) for color, _ in colors.most_common(2))
        assert (light + 0.05) / (dark + 0.05) >= 7


def test_ボタンごとに_絵と字がある() -> None:
    for area in areas(pixels(picture())):
        inside = area[20:-20, 20:-20]
        dark = (inside.max(axis=2) < 128).mean(axis=1)
        upper, lower = dark[:400], dark[400:]
        assert upper.max() > 0.1
        assert lower.max() > 0.1


# 定義 ------------------------------------------------------------------------------


def test_ボタンは絵の全体を_重ならずにおおう() -> None:
    covered = np.zeros((HEIGHT, WIDTH), dtype=np.uint8)
    for area in menu()["areas"]:
        at = area["bounds"]
        covered[at["y"] : at["y"] + at["height"], at["x"] : at["x"] + at["width"]] += 1
    assert (covered == 1).all()


def test_押すと_名前のとおりの言葉を言い_会話はそれを分かる() -> None:
    commands = Commands(load_wording(), ())
    for area, label in zip(menu()["areas"], LABELS, strict=True):
        assert area["action"] == {"type": "message", "label": label, "text": label}
        assert commands.find(label) is not None


# 入れる ------------------------------------------------------------------------------


def test_何度入れても1つだけ(platform: LinePlatform) -> None:
    assert install_menu(platform.access_token, platform.base_url) is True
    first = platform.default_menu
    assert install_menu(platform.access_token, platform.base_url) is False
    assert platform.default_menu == first
    assert [m["name"] for m in platform.menus] == [menu()["name"]]


def test_前の私たちのメニューだけを消す(platform: LinePlatform) -> None:
    others = platform.add_menu({**menu(), "name": "市役所のメニュー"})
    old = platform.add_menu({**menu(), "name": "tsutawaru old"})
    assert install_menu(platform.access_token, platform.base_url) is True
    kept = [m["richMenuId"] for m in platform.menus]
    assert others in kept
    assert old not in kept
    assert platform.default_menu is not None
    assert platform.default_menu["name"] == menu()["name"]


@pytest.mark.parametrize("path", ["/v2/bot/richmenu", "/v2/bot/richmenu/list"])
def test_LINEが断れば_日本語で言う(platform: LinePlatform, path: str) -> None:
    platform.fail(path, status=500)
    with pytest.raises(MenuError, match="LINE がメニューを断りました（HTTP 500）"):
        install_menu(platform.access_token, platform.base_url)
    assert platform.menus == []


def test_途中で失敗したら_作りかけを残さず_前のものを見せ続ける(platform: LinePlatform) -> None:
    old = platform.add_menu({**menu(), "name": "tsutawaru old"}, shown=True)
    platform.fail("/v2/bot/user/all/richmenu/*", status=500)
    with pytest.raises(MenuError):
        install_menu(platform.access_token, platform.base_url)
    assert [m["richMenuId"] for m in platform.menus] == [old]
    assert platform.default_menu is not None


def test_鍵が違えば_鍵のことを言う(platform: LinePlatform) -> None:
    with pytest.raises(MenuError, match="LINE_CHANNEL_ACCESS_TOKEN"):
        install_menu("wrong", platform.base_url)


def test_つながらなければ_そう言う() -> None:
    with LinePlatform() as gone:
        pass
    with pytest.raises(MenuError, match="つながらない"):
        install_menu(gone.access_token, gone.base_url)


@pytest.mark.parametrize("module", ["channels.line", "channels.line_menu"])
def test_読み込むだけではSDKを読み込まない(module: str) -> None:
    code = f"import {module}, sys; sys.exit('linebot' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
