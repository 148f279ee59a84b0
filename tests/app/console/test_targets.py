"""押す所の大きさ（WCAG 2.5.5、2.5.8）: 画面のすべてのページを開き、見えている形を測る。"""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from app.console.frame import ROOT
from content.workflow import EmergencyText, Work
from tests.app.console.browsing import log_in
from tests.app.console.editions import build
from tests.app.console.room import PLAIN, STANDARD, SUBJECT, Room
from tests.app.console.test_proof import FAULT, sentences
from tests.app.console.test_proof import PAGE as PROOF
from tests.app.console.test_proofreader import address
from tests.app.console.test_recordings import reading, upload

CONTROL, LINK = 44, 24
"""押すものと、案内のリンクの、縦と横。文の中のリンクの縦（px）。"""
SCREENS = (1000, 360)
"""画面の幅（px）。"""

# 見えている、押せるもの。丸と四角の印は、押せば選べる言葉まで。文の中のリンクは inline。
MEASURE = """() => {
  const found = [];
  const all = "a[href], button, input:not([type=hidden]), select, textarea, summary, audio";
  for (const el of document.querySelectorAll(all)) {
    const mark = el.matches("[type=radio], [type=checkbox]") && el.closest("label");
    const box = (mark || el).getBoundingClientRect();
    const shown = el.checkVisibility({ visibilityProperty: true }) && box.width > 1 && box.right > 0;
    if (!shown || el.matches(".skip")) continue;
    const inline = el.matches("a") && getComputedStyle(el).display === "inline";
    const name = (el.getAttribute("aria-label") || el.textContent || el.name).trim().slice(0, 30);
    found.push([inline, el.localName, name, Math.round(box.width), Math.round(box.height * 10) / 10]);
  }
  return found;
}"""


def small(page: Page) -> list[Any]:
    """広い画面か狭い画面で、小さすぎるもの。"""
    found = []
    for screen in SCREENS:
        page.set_viewport_size({"width": screen, "height": 900})
        found += [
            (screen, tag, name, width, height)
            for inline, tag, name, width, height in page.evaluate(MEASURE)
            if (height < LINK if inline else min(width, height) < CONTROL)
        ]
    return found


@pytest.fixture
def busy(published: Room) -> Room:
    """どのページにも、することのある部屋。"""
    room = published
    approvals, drafts = room.console.approvals, room.console.drafts
    for text in (STANDARD.replace("とれたて", "しぼりたて"), STANDARD.replace("魚", "いわし")):
        revision = room.write(text)
        approvals.submit(revision.id, revision.digest, room.actor("suzuki"), "秋の版です")
        if "いわし" not in text:
            approvals.approve(revision.id, revision.digest, room.actor("sato"))
            approvals.publish(revision.id, revision.digest, room.actor("sato"))
    build(room)
    drafts.keep(Work(SUBJECT, "plain", PLAIN.replace("魚", "さば")), room.actor("abe"))
    table = "語\t読み\tアクセント\t備考\n朝市\tあさいち\t\t\n"
    drafts.save(Work("umibe", "readings", table), room.actor("suzuki"))
    words = EmergencyText("津波です。", "津波が来ます。", "つなみが きます。")
    room.console.emergencies.announce("umibe", words, room.actor("suzuki"))
    with room.logged_in("suzuki") as client:
        id = str(sentences(client)[3]["id"])
        client.post(PROOF, data={**FAULT, "sentence": id})
        upload(client, reading())
    return room


@pytest.mark.slow
def test_押す所は_どのページでも_指で押せる大きさ(busy: Room, browser: Browser) -> None:
    shown = {place.path: address(place) for place in busy.console.places if place.show}
    shown |= {"people": f"{ROOT}/people/suzuki", "none": f"{ROOT}/nowhere"}
    opened = 0
    with busy.logged_in("abe") as client, browser.new_context() as context:
        pages = [
            place
            for place in shown.values()
            if "text/html" in (client.get(place).headers["content-type"])
        ]
        page = context.new_page()
        page.goto(f"{busy.url}/staff/login")
        found = {"login": small(page)}
        log_in(page, "abe")
        for place in pages:
            page.goto(f"{busy.url}{place}")
            if not page.locator("h1").count():  # ほかのページの中に入る部分
                continue
            opened += 1
            page.evaluate("document.querySelectorAll('details').forEach(d => (d.open = true))")
            found[place] = small(page)
    assert opened > 25
    assert {place: few for place, few in found.items() if few} == {}
