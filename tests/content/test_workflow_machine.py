"""どんな順に何をしても、承認されていない職員の稿は公開されない。hypothesis が順を作る。"""

from __future__ import annotations

import contextlib
import datetime

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from content.bundle import Bundle
from content.events import APPROVALS, SHOWN, Event
from content.model import Council
from content.notation_write import write
from content.workflow import Conflict, Work, WorkflowError
from tests.content.office import ABE, KATO, SATO, SUZUKI, Office
from tests.content.test_workflow import ID, OTHER_DIGEST, plan

ACTORS = st.sampled_from((SUZUKI, SATO, KATO, ABE))
CHOICE = st.integers(0, 30)
WORDS = st.sampled_from(("", "理由"))


class OfficeDays(RuleBasedStateMachine):
    """4 人が、思い思いに働く。できないことは断られるだけで、決まりは破れない。"""

    @initialize()
    def open(self) -> None:
        self.office = Office("sqlite://")
        council = Council("kawasaki", "川崎市社会福祉協議会")
        self.office.store.load(Bundle((council,), (plan("はじめの文。"),)))
        self.texts: list[str] = []
        self.seen: list[Event] = []

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.engine.dispose()

    def pick(self, choice: int) -> tuple[int, str]:
        """どれかの稿（たいていは、いちばん新しいもの）。30 は、ちがう中身の要約。"""
        history = self.office.approvals.history(ID, "standard")
        revision = history[-1 - min(max(choice - 20, 0), len(history) - 1)]
        return revision.id, OTHER_DIGEST if choice == 30 else revision.digest

    @rule(actor=ACTORS, n=st.integers(0, 3), stale=st.booleans())
    def save(self, actor, n, stale) -> None:  # type: ignore[no-untyped-def]
        text = write(plan(f"{actor.name}の文{n}。"))
        base = None if stale else self.office.latest(ID, "standard")
        try:
            self.office.drafts.save(Work(ID, "standard", text, base), actor)
        except Conflict:
            kept = self.office.drafts.kept(ID, "standard", actor)
            assert kept is not None and kept.text == text
        else:
            self.texts.append(text)

    @rule(actor=ACTORS, choice=CHOICE, words=WORDS, how=st.integers(0, 5))
    def act(self, actor, choice, words, how) -> None:  # type: ignore[no-untyped-def]
        approvals, (id, digest) = self.office.approvals, self.pick(choice)
        with contextlib.suppress(WorkflowError):
            match how:
                case 0:
                    approvals.withdraw(id, digest, actor)
                case 1:
                    approvals.send_back(id, digest, actor, words)
                case 2:
                    due = self.office.now + datetime.timedelta(days=1)
                    approvals.schedule(id, digest, due, actor)
                case 3:
                    approvals.unschedule(id, digest, actor)
                case 4:
                    approvals.restore(id, digest, actor)
                case 5:
                    approvals.publish(id, digest, actor)

    @rule(
        actors=st.tuples(ACTORS, ACTORS, ACTORS, ACTORS),
        n=st.integers(0, 3),
        words=WORDS,
        between=st.sampled_from((None, None, SUZUKI, SATO)),
    )
    def journey(self, actors, n, words, between) -> None:  # type: ignore[no-untyped-def]
        """書き、提出し、承認し、公開しようとする。途中で、だれかが次の稿を書くこともある。"""
        approvals, (author, submitter, approver, publisher) = self.office.approvals, actors
        self.save(author, n, False)
        id, digest = self.pick(0)
        with contextlib.suppress(WorkflowError):
            approvals.submit(id, digest, submitter)
        if between:
            self.save(between, n, False)
        id, digest = self.pick(0) if words else (id, digest)
        with contextlib.suppress(WorkflowError):
            approvals.approve(id, digest, approver, words)
        with contextlib.suppress(WorkflowError):
            approvals.publish(id, digest, publisher)

    @rule(days=st.integers(0, 2))
    def wait(self, days) -> None:  # type: ignore[no-untyped-def]
        self.office.after(days=days)
        self.office.approvals.publish_due()

    @rule(n=st.integers(0, 2))
    def folder(self, n) -> None:  # type: ignore[no-untyped-def]
        self.office.store.load(Bundle((), (plan(f"フォルダの文{n}。"),)))

    @invariant()
    def what_is_public_was_approved_by_someone_else(self) -> None:
        desk = self.office.approvals.desk(ID, "standard")
        assert desk is not None and desk.published is not None
        revision = desk.published
        if revision.origin == "file":
            return
        events = self.office.approvals.events(ID, "standard")
        mine = [e for e in events if e.revision == revision.id]
        if any(e.action == "loaded" for e in mine):
            return  # 同じ文章が、原稿フォルダにもあった
        first = next(n for n, e in enumerate(mine) if e.action in SHOWN)
        before = mine[:first]
        # 公開の前の、最後の判断は、差し戻しでも取り下げでもなく、承認である。
        decision = next(
            e for e in reversed(before) if e.action in (*APPROVALS, "returned", "withdrawn")
        )
        submitted = next(e for e in reversed(before) if e.action == "submitted")
        assert decision.action in APPROVALS
        assert decision.digest == submitted.digest == revision.digest
        assert decision.actor in {SATO.name, KATO.name, ABE.name}
        assert decision.actor not in {revision.author, submitted.actor}
        assert (decision.actor == ABE.name) == (decision.action == "stood_in")
        assert decision.action == "approved" or decision.comment == "理由"

    @invariant()
    def nothing_is_lost(self) -> None:
        kept = {r.text for r in self.office.approvals.history(ID, "standard")}
        assert kept.issuperset(self.texts)
        events = list(self.office.approvals.events(ID, "standard"))
        assert events[: len(self.seen)] == self.seen
        self.seen = events


TestOfficeDays = pytest.mark.slow(OfficeDays.TestCase)
TestOfficeDays.settings = settings(max_examples=30, stateful_step_count=25)
