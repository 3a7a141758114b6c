"""Whatever is said to one person reaches whoever stands in: entered before, while it waits, and
back again when the cover ends."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import pytest

from bot.core.estate.catalogue import Party
from bot.core.estate.lane import Lane, Layer
from bot.core.incidents.incident import State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import FailedRecords, Reading, Signal
from bot.core.outbox.letter import OutboxMessage
from bot.core.outbox.notice import What
from bot.flows import handle_absence, views
from bot.flows.incidents import counterparty, respond
from bot.flows.incidents.grouping import reopen
from bot.flows.runbooks import failed_records
from bot.flows.standing_in import WAITS
from bot.language.errors import NotAllowed
from bot.slack.outbox import personal_words
from bot.slack.text import Writer
from tests.builders import MINUTE, a_connection, a_runbook, an_estate
from tests.flows import gates
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FAILING, OK = Verdict.FAILING, Verdict.OK
Act = Callable[[Scene], Awaitable[object]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """`comes` makes the bot say `what` to `person`; `before` is how it stood until then. What
    `waits` is for an answer."""

    what: What
    person: str
    before: Act
    comes: Act
    waits: bool = True


async def breaks(scene: Scene) -> None:
    await scene.sees(FAILING, FAILING)


async def nothing(scene: Scene) -> None:
    pass


async def taken(scene: Scene) -> None:
    await breaks(scene)
    await scene.do(respond.acknowledge, 1, "bob")


async def handed_over(scene: Scene) -> None:
    await taken(scene)
    await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob")


async def ticket_known(scene: Scene) -> None:
    await handed_over(scene)
    await scene.do(counterparty.give_ticket, 1, "T-1", "bob")


async def resolved(scene: Scene) -> None:
    await taken(scene)
    await scene.do(respond.resolve, 1, "bob", "restarted")


async def ran(scene: Scene) -> None:
    await breaks(scene)
    await scene.sees(OK, OK)


async def runs(scene: Scene) -> None:
    await scene.sees(OK, OK)


async def resolves(scene: Scene) -> None:
    await scene.do(respond.resolve, 1, "bob", "restarted")


async def outsider_opens(scene: Scene) -> None:
    await scene.do(reopen.reopen, 1, by="dora", why="orders are missing again")


async def holds_step(scene: Scene) -> None:
    await scene.do(gates.hold, 1, step="erp", title="Is the ERP up?", why="look first", by="bob")


async def undeliverable(scene: Scene) -> None:
    await breaks(scene)
    await scene.post(refuse=frozenset({"person:bob"}))


async def records_stuck(scene: Scene) -> None:
    failed = FailedRecords(text="Glorp 7 will not frob", count=12)
    for _ in range(2):
        await scene.records(Reading(at=scene.now, signals={Signal.FAILED: 12.0}, failed=(failed,)))
        scene.later(3 * MINUTE)


async def are_given(scene: Scene) -> None:
    connection = scene.knowledge.catalogue.connections["orders"]
    [group] = (await scene.do(failed_records.view, connection)).groups
    await scene.do(failed_records.assign, 1, group.key, Layer.FUNCTIONAL, "bob")


async def undecided(scene: Scene) -> None:
    await taken(scene)
    await scene.tick(50 * MINUTE)
    await scene.do(respond.still_on_it, 1, "bob")


async def degrades(scene: Scene) -> None:
    await scene.sees(Verdict.DEGRADED, Verdict.DEGRADED)


def later(**span: float) -> Act:
    async def passes(scene: Scene) -> None:
        for _ in range(int(span.get("times", 1))):
            await scene.tick(MINUTE * span["minutes"])

    return passes


KINDS = [
    Kind(what=What.PING, person="bob", before=nothing, comes=breaks),
    Kind(what=What.STILL_ON_IT, person="bob", before=taken, comes=later(minutes=50)),
    Kind(what=What.TICKET_WANTED, person="bob", before=handed_over, comes=later(minutes=20)),
    Kind(what=What.COUNTERPARTY_DUE, person="bob", before=ticket_known, comes=later(minutes=241)),
    Kind(what=What.REVIEW_WANTED, person="bob", before=resolved, comes=later(minutes=5 * 1440)),
    Kind(what=What.CONFIRM_DATA, person="data-owner", before=breaks, comes=runs),
    Kind(what=What.DATA_AFTER_END, person="data-owner", before=taken, comes=resolves),
    Kind(what=What.REOPEN_WANTED, person="alice", before=resolved, comes=outsider_opens),
    Kind(what=What.HELD, person="alice", before=taken, comes=holds_step),
    Kind(what=What.STUCK_YOURS, person="data-owner", before=records_stuck, comes=are_given),
    Kind(what=What.JOINT_CALL, person="architect", before=undecided, comes=later(minutes=10)),
    Kind(what=What.RELAPSED, person="bob", before=ran, comes=breaks, waits=False),
    Kind(what=What.OWNER_ALERT, person="alice", before=nothing, comes=breaks, waits=False),
    Kind(what=What.UNDELIVERED, person="manager", before=nothing, comes=undeliverable, waits=False),
    Kind(what=What.DEGRADED, person="alice", before=nothing, comes=degrades, waits=False),
]
EACH = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: str(kind.what))
WAITING = pytest.mark.parametrize(
    "kind", [one for one in KINDS if one.waits], ids=lambda kind: str(kind.what)
)


async def opened() -> Scene:
    """With a second party, so that there is somebody to talk to."""
    named = a_connection(lanes={Lane.VENDOR: "vendor", Lane.IT: "helpdesk"})
    parties = {**an_estate().parties, "helpdesk": Party(id="helpdesk", name="Helpdesk")}
    scene = await Scene.open(an_estate(named, parties=parties))
    scene.knowledge = replace(scene.knowledge, runbooks={"generic": a_runbook()})
    return scene


async def covers_for(scene: Scene, person: str, by: str = "charlie") -> None:
    await scene.do(handle_absence.enter, person=person, stand_in=by, until=None, by=person)


async def got(scene: Scene, what: What) -> dict[str, OutboxMessage]:
    """Who was said that, since last time."""
    said = [one for one in await everything(scene) if one.what is what]
    return {one.person: one for one in said if str(one.to).startswith("person:")}


async def everything(scene: Scene) -> list[OutboxMessage]:
    """All that was queued since last time: `undeliverable` posts on its own."""
    await scene.post()
    last = getattr(scene, "read_so_far", 0)
    rows = await scene.aside(lambda db: list(db.query("select max(id) as id from outbox")))
    found = await scene.run(
        lambda tx: [
            one
            for subject in ("incident:1", "connection:orders")
            for one in tx.letters_to_people(subject)
        ]
    )
    scene.read_so_far = rows[0]["id"] or 0  # type: ignore[attr-defined]
    return [one for one in found if one.id > last]


@EACH
async def test_entered_before_the_stand_in_gets_it_and_nobody_else(kind: Kind) -> None:
    async with await opened() as scene:
        await kind.before(scene)
        await covers_for(scene, kind.person)
        await everything(scene)
        await kind.comes(scene)
        readers = await got(scene, kind.what)

        assert "charlie" in readers
        assert kind.person not in readers


@WAITING
async def test_entered_while_it_waits_it_comes_in_a_message_of_its_own(kind: Kind) -> None:
    async with await opened() as scene:
        await kind.before(scene)
        await kind.comes(scene)
        assert kind.person in await got(scene, kind.what)

        await covers_for(scene, kind.person)
        found = await got(scene, kind.what)
        assert [*found] == ["charlie"]
        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        facts = {**found["charlie"].facts}
        said = str(personal_words.personal(kind.what, facts, view, None, None, writer).blocks)
        assert writer.name(kind.person) in said or kind.what in _TELLS_ITSELF

        await covers_for(scene, kind.person)  # entered once more
        again = await got(scene, kind.what)
        assert kind.what in _ASKED_ANEW or again == {}


_TELLS_ITSELF = {
    What.CONFIRM_DATA,
    What.DATA_AFTER_END,
}  # in tests/flows/people/test_stood_in_for.py
_ASKED_ANEW = _TELLS_ITSELF


@WAITING
async def test_when_the_cover_ends_what_came_meanwhile_reaches_who_is_back(kind: Kind) -> None:
    async with await opened() as scene:
        await kind.before(scene)
        await covers_for(scene, kind.person)
        await kind.comes(scene)
        await everything(scene)

        await scene.do(handle_absence.cancel, person=kind.person, by=kind.person)

        assert [*await got(scene, kind.what)] == [kind.person]


@WAITING
async def test_whoever_was_asked_before_is_not_asked_once_more_at_the_end(kind: Kind) -> None:
    async with await opened() as scene:
        await kind.before(scene)
        await kind.comes(scene)
        await covers_for(scene, kind.person)
        await everything(scene)

        await scene.do(handle_absence.cancel, person=kind.person, by=kind.person)

        assert await got(scene, kind.what) == {}


async def test_what_is_held_by_whoever_is_away_is_told_at_once_and_the_lease_is_kept() -> None:
    async with await opened() as scene:
        await taken(scene)
        await everything(scene)
        await covers_for(scene, "bob")
        ping = (await got(scene, What.PING))["charlie"]
        view = await scene.do(views.incident_view, 1)
        writer = Writer(catalogue=scene.knowledge.catalogue)
        read = str(personal_words.personal(What.PING, ping.facts, view, None, None, writer).blocks)
        assert "You cover for Bob" in read
        assert "Bob has it until" in read
        assert "Take it over" in read

        await scene.tick(50 * MINUTE)
        assert [*await got(scene, What.STILL_ON_IT)] == ["charlie"]
        with pytest.raises(NotAllowed):
            await scene.do(respond.still_on_it, 1, "dora")
        await scene.do(respond.still_on_it, 1, "charlie")
        await scene.tick(20 * MINUTE)

        after = await scene.incident()
        assert (after.state, after.holder) == (State.ACKNOWLEDGED, "bob")
        assert await got(scene, What.PING) == {}


async def test_the_stand_in_takes_over_what_the_one_who_is_away_has() -> None:
    async with await opened() as scene:
        await taken(scene)
        await covers_for(scene, "bob")
        after = await scene.do(respond.acknowledge, 1, "charlie")
        assert after.holder == "charlie"
        await everything(scene)

        await scene.tick(50 * MINUTE)
        assert [*await got(scene, What.STILL_ON_IT)] == ["charlie"]


async def test_who_owns_the_data_and_stands_in_gets_both() -> None:
    async with await opened() as scene:
        await taken(scene)
        await scene.sees(OK, OK)
        await scene.sees(FAILING, FAILING)
        await everything(scene)
        await scene.tick(45 * MINUTE)
        await covers_for(scene, "bob", "data-owner")
        await scene.tick(30 * MINUTE)
        await scene.sees(OK, OK)
        said = {one.what for one in await everything(scene) if str(one.to) == "person:data-owner"}

        assert said >= {What.STILL_ON_IT, What.CONFIRM_NUDGE}


def test_every_kind_that_waits_is_in_the_table() -> None:
    like = {
        What.COUNTERPARTY_SOON: What.COUNTERPARTY_DUE,
        What.ENTRY_PROPOSED: What.HELD,
    }
    assert {like.get(one, one) for one in WAITS} <= {one.what for one in KINDS}
