"""What is said is never empty, and names what it speaks of as it is at that moment."""

from dataclasses import replace
from itertools import product

import pytest

from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.notices import Rejudged
from bot.core.incidents.notices_of_endings import Relapsed
from bot.core.monitoring.rules import Verdict
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.flows.triage import past_incidents
from bot.language.errors import NotAllowed
from bot.slack.incidents import ending_words, words
from bot.slack.kit import SlackMessage
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import HOUR, a_connection, an_estate, an_incident
from tests.flows.incidents.ending.test_wrong_and_failing import turn
from tests.flows.incidents.grouping.test_each_turns import each_with_their_own
from tests.flows.incidents.grouping.test_recover import fails
from tests.flows.incidents.grouping.test_shared_outage import Outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
ANYTHING = ("other", "moved", "doubted")


async def now_in_slack(
    scene: Scene, what: What, number: int = 1
) -> list[tuple[OutboxMessage, SlackMessage]]:
    """The letters of a kind as they stand in Slack now."""
    writer = Writer(catalogue=scene.knowledge.catalogue)
    view = await scene.do(views.incident_view, number)
    assert view is not None
    sent = await scene.run(lambda tx: tx.letters_in_slack(f"incident:{number}"))
    found = []
    for item in sent:
        if item.letter.what is what:
            said = personal_words.redrawn(item, frozenset(), view, "C1", writer)
            assert said is not None
            found.append((item.letter, said))
    return found


@pytest.mark.parametrize("flags", [one for one in product((True, False), repeat=3) if any(one)])
@pytest.mark.parametrize("error", ["", "Wrong key"])
async def test_what_is_judged_anew_says_what_changed(
    flags: tuple[bool, bool, bool], error: str
) -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        changed = dict(zip(ANYTHING, flags, strict=True))
        told = Rejudged(
            **changed,
            of=(),
            error=error if changed["other"] else "",
            first_check="",
            lane=Lane.IT,
            before=Lane.VENDOR,
            because="It says so.",
            set_by="bob",
        )

        said = words.rejudged(told, view, Writer(catalogue=scene.knowledge.catalogue))

        assert said.removeprefix("🧭").strip()
        assert ("Other error now" in said) == changed["other"]


async def failed_again_in_hand() -> Outage:
    """Alice has it; one of three ran and failed again, and its first responder is told."""
    scene = await Outage.open(each_with_their_own())
    assert isinstance(scene, Outage)
    await scene.look([(20, 0)] * 3)
    await scene.do(respond.acknowledge, 1, "alice")
    await turn(scene, 1, broken=False)
    await turn(scene, 1, broken=True)
    await scene.post()
    return scene


async def test_after_a_lapse_a_relapse_says_that_nobody_has_it_and_how_to_take_it() -> None:
    async with await failed_again_in_hand() as scene:
        held = [str(one.blocks) for _, one in await now_in_slack(scene, What.RELAPSED)]
        for _ in range(3):
            await scene.tick(HOUR)
        assert (await scene.incident()).holder is None
        expired = [str(one.blocks) for _, one in await now_in_slack(scene, What.RELAPSED)]

        assert held
        assert all("has it" in one or "You have it" in one for one in held)
        for said in expired:
            assert "Nobody has it" in said
            assert "message above" in said or "incident:acknowledge" in said


async def test_a_relapse_to_whoever_was_not_pinged_has_the_button() -> None:
    async with await failed_again_in_hand() as scene:
        await scene.do(respond.acknowledge, 1, "alice")
        view = await scene.view()
        view = replace(view, incident=replace(view.incident, holder=None, state=State.OPEN))
        told = Relapsed(holder="alice", escalates=False, reader="charlie", parts=("flow-1",))

        said = ending_words.relapsed_in_person(told, view, None, scene.writer, False)

        assert "Nobody has it" in str(said.blocks)
        assert "incident:acknowledge" in str(said.blocks)


async def test_nobody_is_named_as_who_has_it_where_nobody_has() -> None:
    async with await Scene.open() as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        with pytest.raises(NotAllowed, match="Nobody has INC-1 any more: acknowledge it"):
            await scene.do(respond.still_on_it, 1, "bob")


async def test_what_was_merged_says_into_which_one_and_what_is_to_be_done() -> None:
    stock = a_connection(id="stock", name="Stock", source="till", target="ledger")
    async with await Scene.open(an_estate(a_connection(), stock)) as scene:
        await fails(scene, "orders")
        await scene.sees(Verdict.FAILING, Verdict.FAILING, check="stock/api")
        await scene.post()
        assert {one.id for one in await scene.lives()} == {1, 2}
        await scene.run(lambda tx: tx.save_channel("incident:1", "C0WHOLE"))
        await scene.do(merge.merge, 2, into=1, by="alice")
        await scene.post()

        told = await now_in_slack(scene, What.PING, 2) + await now_in_slack(
            scene, What.OWNER_ALERT, 2
        )
        assert told
        for _, said in told:
            assert said.text == "INC-2: merged into INC-1"
            assert "<#C0WHOLE>" in str(said.blocks)
            assert "nothing is to be done for INC-2" in str(said.blocks)


async def test_an_earlier_error_is_told_of_the_connection_that_had_it() -> None:
    edi, bank = (a_connection(id=id, name=id.title()) for id in ("edi", "bank"))
    async with await Scene.open(an_estate(a_connection(), edi, bank)) as scene:
        over = {"state": State.RESOLVED, "size": 2, "cause": "Erp", "resolved_at": scene.now}
        whole = an_incident(id=0, kind="b", kinds=("a", "b"), **over)
        part = an_incident(id=0, connection="edi", kind="b", state=State.MERGED, parent=1)
        mine = an_incident(id=0, connection="bank", kind="b")
        for one in (whole, part, mine):
            await scene.run(lambda tx, one=one: tx.add_incident(one))
        now = await scene.incident(3)

        found = await scene.do(past_incidents.find, now)

        assert [one.why for one in found.similar] == ["the same kind of error on Edi"]
