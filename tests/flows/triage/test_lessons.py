"""From an error that nobody knew to an entry that knows it."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.estate.catalogue import Owners, System
from bot.core.estate.lane import Lane, Layer
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.notice import What
from bot.core.triage.lesson import Lesson, LessonState, general, pattern_of
from bot.core.triage.playbook import ErrorClass, Retry
from bot.files.triage.playbooks import load_playbook, pattern_flaw, playbook_text
from bot.flows.incidents import respond
from bot.flows.triage import lessons
from bot.flows.triage.briefing import brief
from bot.language.errors import Invalid, NotAllowed, Refused
from tests.builders import a_connection, an_estate
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio

TEXT = "Customer 10023 has credit hold flag KX, token=s3cr3tvalue"
LESSON = Lesson(
    signature="Customer … has credit hold flag KX",
    error_class=ErrorClass.MASTER_DATA,
    meaning="The customer is blocked in the ERP.",
    first_check="The credit tab of the customer.",
    fix="Finance lifts the hold.",
    retry=Retry.AFTER_FIX,
    lane=Lane.IT,
    layer=Layer.FUNCTIONAL,
)


@pytest.fixture
async def scene() -> AsyncIterator[Scene]:
    systems = {
        "shop": System(id="shop", name="Shop", speaks=("shopify",)),
        "erp": System(id="erp", name="ERP", speaks=("netsuite",)),
    }
    async with await Scene.open(an_estate(systems=systems)) as opened:
        yield opened


async def broken(scene: Scene, text: str = TEXT) -> int:
    signals = {Signal.FAILED: 20.0}
    for _ in range(2):
        seen = Reading(at=scene.now, signals=signals, failed=(FailedRecords(text=text, count=20),))
        await scene.records(seen)
        scene.later(scene.knowledge.catalogue.connections["orders"].checks[0].every)
    live = await scene.live()
    assert live is not None
    return live.id


async def resolved(scene: Scene) -> int:
    number = await broken(scene)
    await scene.do(respond.resolve, number, "alice", "Finance lifted the hold")
    return number


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("Customer 10023 has credit hold", "Customer … has credit hold"),
        ("HTTP 401 invalid_client", "HTTP 401 invalid_client"),
        ("ORA-01017: logon denied for user 'ERP_SVC'", "ORA-01017: logon denied for user"),
        ("login failed: password=hunter2 for gateway", "login failed: … for gateway"),
        ("Bearer abc.def refused by the gateway", "refused by the gateway"),
        ("anna@example.com cannot be synced", "cannot be synced"),
        ("4711 0815", ""),
    ],
)
def test_a_signature_keeps_the_words_and_drops_ids_and_secrets(text: str, signature: str) -> None:
    assert general(text) == signature


@pytest.mark.parametrize("text", ["a … b … c words enough", "Curly {name} [x] (y) * +? \\d here"])
def test_a_pattern_of_people_s_words_is_always_bounded(text: str) -> None:
    assert pattern_flaw(pattern_of(text)) == ""


async def test_the_form_is_offered_for_an_unknown_error_without_its_ids(scene: Scene) -> None:
    number = await resolved(scene)

    draft = await scene.do(lessons.wanted, number)

    assert draft is not None
    assert draft.signature == "Customer … has credit hold flag KX"
    assert draft.fix == "Finance lifted the hold"


async def test_a_sensitive_connection_s_text_is_never_kept() -> None:
    estate = an_estate(a_connection(compliance=("finance",)))
    async with await Scene.open(estate) as scene:
        number = await broken(scene)

        assert (await scene.incident(number)).said == ""


async def test_an_approved_entry_counts_at_once(scene: Scene) -> None:
    number = await resolved(scene)
    proposal = await scene.do(lessons.propose, number, LESSON, "bob")
    connection = scene.knowledge.catalogue.connections["orders"]
    before = await scene.do(brief, connection)
    await scene.do(lessons.decide, proposal.id, approve=True, by="alice", why="")

    after = await scene.do(brief, connection)

    assert before.facts.hits == ()
    assert [hit.entry.id for hit in after.facts.hits] == ["learned-1"]
    assert after.suggestion.lane is Lane.IT


async def test_the_owner_is_asked_and_the_proposer_told(scene: Scene) -> None:
    number = await resolved(scene)
    await scene.post()
    proposal = await scene.do(lessons.propose, number, LESSON, "bob")
    asked = await scene.said()
    await scene.do(lessons.decide, proposal.id, approve=False, by="alice", why="too broad")
    told = await scene.said()

    assert ("person:alice", What.ENTRY_PROPOSED) in asked
    assert ("person:bob", What.ENTRY_DECIDED) in told


async def test_only_an_owner_decides_and_only_once(scene: Scene) -> None:
    number = await resolved(scene)
    proposal = await scene.do(lessons.propose, number, LESSON, "bob")

    with pytest.raises(NotAllowed, match="Only an owner"):
        await scene.do(lessons.decide, proposal.id, approve=True, by="charlie", why="")
    with pytest.raises(Invalid, match="Say why"):
        await scene.do(lessons.decide, proposal.id, approve=False, by="alice", why=" ")
    await scene.do(lessons.decide, proposal.id, approve=True, by="alice", why="")
    with pytest.raises(Refused, match="already"):
        await scene.do(lessons.decide, proposal.id, approve=False, by="alice", why="no")


async def test_an_owner_edits_what_a_responder_proposed(scene: Scene) -> None:
    number = await resolved(scene)
    proposal = await scene.do(lessons.propose, number, LESSON, "bob")

    after = await scene.do(
        lessons.edit, proposal.id, replace(LESSON, fix="Ask finance first."), "alice"
    )

    assert (after.standing, after.lesson.fix) == (LessonState.APPROVED, "Ask finance first.")


async def test_an_owner_alone_approves_by_proposing() -> None:
    estate = an_estate(a_connection(owners=Owners(technical="alice")))
    async with await Scene.open(estate) as scene:
        number = await resolved(scene)

        proposal = await scene.do(lessons.propose, number, LESSON, "alice")

        assert proposal.standing is LessonState.APPROVED


async def test_a_second_entry_for_the_same_words_is_refused(scene: Scene) -> None:
    number = await resolved(scene)
    first = await scene.do(lessons.propose, number, LESSON, "bob")
    await scene.do(lessons.decide, first.id, approve=True, by="alice", why="")

    with pytest.raises(Refused, match="fits these words already"):
        await scene.do(lessons.propose, number, LESSON, "bob")
    assert len(await scene.run(lambda tx: tx.proposals())) == 1


async def test_words_that_would_fit_anything_are_refused(scene: Scene) -> None:
    number = await resolved(scene)

    with pytest.raises(Invalid, match="at least 8 letters"):
        await scene.do(lessons.propose, number, replace(LESSON, signature="…"), "bob")


async def test_a_secret_that_somebody_types_is_not_stored(scene: Scene) -> None:
    number = await resolved(scene)
    typed = replace(LESSON, fix="Log in with password=hunter2")

    proposal = await scene.do(lessons.propose, number, typed, "bob")

    assert "hunter2" not in proposal.lesson.fix


async def test_the_exported_file_is_a_playbook_that_loads(scene: Scene, tmp_path: Path) -> None:
    number = await resolved(scene)
    other = replace(LESSON, signature="Widget frobnicated … badly")
    for lesson in (LESSON, other):
        proposal = await scene.do(lessons.propose, number, lesson, "bob")
        await scene.do(lessons.decide, proposal.id, approve=True, by="alice", why="")
    learned = await scene.run(lambda tx: tx.proposals())
    (tmp_path / "learned.yaml").write_text(playbook_text(learned), encoding="utf-8")

    loaded, problems = load_playbook(tmp_path)

    assert [str(problem) for problem in problems] == []
    assert {entry.id for entry in loaded.entries} == {"learned-1", "learned-2"}
    assert loaded.entries[0].systems == ("learned", "netsuite", "shopify")


async def test_nothing_is_offered_after_a_proposal_or_while_it_lasts(scene: Scene) -> None:
    number = await broken(scene)
    during = await scene.do(lessons.wanted, number)
    await scene.do(respond.resolve, number, "alice", "lifted")
    await scene.do(lessons.propose, number, LESSON, "bob")
    after = await scene.do(lessons.wanted, number)

    assert (during, after) == (None, None)
