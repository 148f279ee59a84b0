"""文章を変えると使えなくなる人の録音と「校正済」のしるしを、保存と提出と承認の前に言う。何も止めない。"""

from __future__ import annotations

import re

import httpx

from app.console.sounds import Listening
from content.notation import parse
from content.recorded import text_key
from content.workflow import Work
from content.workflow.proofs import Proofs
from content.workflow.recordings import Take, Takes
from tests.app.console.editions import build
from tests.app.console.room import STANDARD, SUBJECT, Room
from tests.app.console.test_edit import PLAN, send, shown
from tests.app.console.test_publish import ADDRESS as PUBLISH
from tests.app.console.test_publish import approved
from tests.app.console.test_review import ADDRESS, press

NIGHT = "\n# 夜市 {#night}\n\n夜です。\n"
LOST = (
    "文章が変わるので、公開すると、「朝市」の人の録音は使えなくなります。"
    "人の声を続けるなら、公開した後で録音し直してください。"
)
UNMARKED = (
    "文章が変わるので、公開すると、「校正済」のしるしが外れます。"
    "公開した後で聞いて校正し直してもらってください。"
)


def release(room: Room, body: str) -> None:
    """鈴木が書き、佐藤が承認して、公開する。"""
    draft = room.write(body)
    room.console.approvals.submit(draft.id, draft.digest, room.actor("suzuki"))
    room.console.approvals.approve(draft.id, draft.digest, room.actor("sato"))
    room.console.approvals.publish(draft.id, draft.digest, room.actor("sato"))


def record(room: Room, body: str, place: int = 0) -> Take:
    """``body`` の ``place`` 番めの節を読んだ、まだ使わない録音。"""
    section = parse(body, SUBJECT).sections[place]
    ids = [sentence.id for sentence in section.sentences]
    times = tuple((id, float(n), n + 1.0) for n, id in enumerate(ids))
    takes = Takes(room.engine, room.console.now)
    digest = text_key(section.sentences)
    sound = (section.id.encode(), b"aac")
    suzuki = room.actor("suzuki")
    id = takes.add(SUBJECT, "standard", section.id, digest, sound, times, "山田花子", suzuki)
    return next(take for take in takes.of(SUBJECT, "standard") if take.id == id)


def use(room: Room, take: Take) -> None:
    begins = [begin for _, begin, _ in take.times[1:]]
    Takes(room.engine, room.console.now).use(take, begins, room.actor("sato"))


def proofread(room: Room) -> None:
    """公開中の音声を聞き終え、ほかの人が確かめた。"""
    build(room)
    book = Listening.of(room.out, SUBJECT, "standard")
    assert book is not None
    proofs = Proofs(room.engine, room.console.now)
    proofs.finish(SUBJECT, "standard", book.heard, (), room.actor("kato"))
    proofs.confirm(SUBJECT, "standard", book.heard, book.keys, room.actor("sato"))


def test_録音のある節の文を変えると_保存と確かめるで言い_直せば消える(room: Room) -> None:
    use(room, record(room, STANDARD))
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        assert '<div id="lapsing" data-live></div>' in page.text
        tried = send(client, page, "check", body_1="いわしを配ります。")
        assert LOST in shown(tried)
        assert f'<a href="/staff/recordings/{SUBJECT}/standard">録音し直して' in tried.text
        done = shown(send(client, tried))
        said = "下書きに保存しました。公開すると、人の録音が使えなくなる節が 1 あります。"
        assert said in done and LOST in done
        assert UNMARKED not in done and "「校正済」のしるし" not in done
        back = shown(send(client, client.get(PLAN), body_1="朝市では、とれたての魚を配ります。"))
        assert "下書きに保存しました。" in back and "使えなくなる" not in back


def test_提出と承認の前にも言い_どちらも止めない(room: Room) -> None:
    use(room, record(room, STANDARD))
    draft = room.write(STANDARD.replace("とれたての魚", "いわし"))
    with room.logged_in("suzuki") as writer, room.logged_in("sato") as reviewer:
        assert LOST in shown(writer.get(ADDRESS))
        assert "を提出しました。" in press(writer, draft, "submit").text
        assert LOST in shown(reviewer.get(ADDRESS))
        assert "を承認しました。" in press(reviewer, draft, "approve").text
        room.console.approvals.publish(draft.id, draft.digest, room.actor("sato"))
        # 公開した後は、もう録音のない節である。次の稿には言わない。
        assert LOST not in shown(reviewer.get(ADDRESS))
        room.write(STANDARD.replace("とれたての魚", "さば"))
        assert LOST not in shown(writer.get(ADDRESS))


def test_公開と予約の前にも言い_止めない(room: Room) -> None:
    proofread(room)
    use(room, record(room, STANDARD))
    with room.logged_in("suzuki") as client:
        draft = approved(room, STANDARD.replace("海辺の計画", "浜の計画"))
        page = shown(client.get(PUBLISH))
        assert UNMARKED in page and LOST not in page
        draft = approved(room, STANDARD.replace("とれたての魚", "いわし"))
        page = client.get(PUBLISH)
        seen = {"revision": str(draft.id), "digest": draft.digest}
        assert LOST in shown(page) and UNMARKED in shown(page)
        assert page.text.index("使えなくなります") < page.text.index(">公開する</button>")
        when = {"action": "schedule", "date": "2026-12-01", "time": "9:00"}
        done = client.post(PUBLISH, data=seen | when)
        assert "公開を予約しました。" in done.text and LOST in shown(done)
        done = client.post(PUBLISH, data=seen | {"action": "publish"})
        assert "公開を始めました。" in done.text and "公開すると、" not in shown(done)


def test_前の稿に戻すと使えなくなるものを_稿ごとに_戻せる人に言う(room: Room) -> None:
    def buttons(page: httpx.Response) -> list[str]:
        cells = re.findall(r"<form(?:(?!</form>).)*この稿に戻す.*?</form>", page.text, re.S)
        assert all(("<p" in cell) == ("aria-describedby" in cell) for cell in cells)
        assert all(cell.count("lost-") in (0, 2) for cell in cells)
        return [re.sub(r"<[^>]+>|\s", "", cell).partition("この稿に")[0] for cell in cells]

    with room.logged_in("suzuki") as writer, room.logged_in("sato") as reviewer:
        release(room, STANDARD + NIGHT)
        release(room, STANDARD.replace("海辺の計画", "浜の計画"))
        assert buttons(reviewer.get(PUBLISH)) == ["", ""]
        proofread(room)
        use(room, record(room, STANDARD))
        unmarked = "戻すと、「校正済」のしるしが外れます。"
        assert buttons(reviewer.get(PUBLISH)) == [unmarked, unmarked]  # 朝市の文は、どれも同じ
        fresh = STANDARD.replace("とれたての魚", "いわし")
        release(room, fresh)
        release(room, fresh + NIGHT)
        use(room, record(room, fresh + NIGHT))
        lost = "戻すと、「朝市」の人の録音は使えなくなります。"
        both = lost + unmarked  # 音声は、まだ作り直していない
        assert buttons(reviewer.get(PUBLISH)) == [unmarked, both, both, both]
        assert "使えなくなります" not in writer.get(PUBLISH).text
        old = room.console.approvals.history(SUBJECT, "standard")[0]
        seen = {"revision": str(old.id), "digest": old.digest, "action": "restore"}
        assert f"稿 {old.id} に戻します。" in reviewer.post(PUBLISH, data=seen).text


def test_変わるか消える節だけを言う(room: Room) -> None:
    release(room, STANDARD + NIGHT)
    use(room, record(room, STANDARD + NIGHT))
    use(room, record(room, STANDARD + NIGHT, 1))
    with room.logged_in("suzuki") as client:
        for draft, names in (
            (STANDARD.replace("海辺の計画", "浜の計画") + NIGHT, ""),
            (STANDARD + NIGHT.replace("夜です", "｜夜《よ》です"), ""),  # 人の読みは変わらない
            (STANDARD + NIGHT.replace("夜です", "夜でした"), "「夜市」"),
            (STANDARD, "「夜市」"),
            (
                STANDARD.replace("魚", "貝") + NIGHT.replace("夜です", "夜でした"),
                "「朝市」「夜市」",
            ),
        ):
            room.write(draft)
            page = shown(client.get(ADDRESS))
            assert ("の人の録音は使えなくなります" in page) == bool(names)
            assert f"公開すると、{names}の人の録音は使えなくなります。" in page or not names


def test_やめた録音は言わず_使うのを待つ録音は言う(room: Room) -> None:
    take = record(room, STANDARD)
    room.write(STANDARD.replace("魚", "貝"))
    takes = Takes(room.engine, room.console.now)
    with room.logged_in("suzuki") as client:
        assert LOST in shown(client.get(ADDRESS))
        use(room, take)
        assert LOST in shown(client.get(ADDRESS))
        takes.end(take, room.actor("sato"))
        assert LOST not in shown(client.get(ADDRESS))


def test_校正済の文章を変えると_しるしが外れると言う(room: Room) -> None:
    proofread(room)
    with room.logged_in("suzuki") as client:
        page = client.get(PLAN)
        assert "校正済」のしるし" not in page.text
        dated = send(client, page, front_date="2026-11-22")
        assert "下書きに保存しました。" in dated.text and "校正済」のしるし" not in dated.text
        done = send(client, client.get(PLAN), body_1="いわしを配ります。")
        assert "下書きに保存しました。公開すると、「校正済」のしるしが外れます。" in shown(done)
        assert UNMARKED in shown(done) and UNMARKED in shown(client.get(ADDRESS))
        assert f'<a href="/staff/proof/{SUBJECT}/standard">聞いて校正し直して</a>' in done.text
        title = STANDARD.replace("海辺の計画", "浜の計画")
        room.write(title)
        assert UNMARKED in shown(client.get(ADDRESS))
        room.write(STANDARD.replace("\n朝市では", "\n> 朝市では"))  # 「注」と「注 終わり」を読む
        assert UNMARKED in shown(client.get(ADDRESS))
        room.write(STANDARD.replace("\n朝市では", "\n- 朝市では"))  # 声は変わらない
        assert UNMARKED not in shown(client.get(ADDRESS))
        book = Listening.of(room.out, SUBJECT, "standard")
        assert book is not None
        proofs = Proofs(room.engine, room.console.now)
        proofs.withdraw(SUBJECT, "standard", book.heard, room.actor("sato"))
        assert UNMARKED not in shown(client.get(ADDRESS))


def test_読めない書きかけと_録音のない文章には_何も言わない(room: Room) -> None:
    broken = STANDARD.replace("魚を", "魚《うお》を")
    with room.logged_in("suzuki") as client:
        room.write(STANDARD.replace("魚", "貝"))
        assert "使えなくなります" not in client.get(ADDRESS).text
        use(room, record(room, STANDARD))
        desk = room.console.approvals.desk(SUBJECT, "standard")
        assert desk is not None
        kept = Work(SUBJECT, "standard", broken, desk.latest.id)
        room.console.drafts.keep(kept, room.actor("suzuki"))
        page = client.get(PLAN, params={"kept": "1", "check": "1"})
        assert "書き方の誤り" in page.text and "使えなくなります" not in page.text
