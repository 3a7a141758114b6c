"""Changes, releases and unannounced changes as the running bot keeps them, and who hears of
what."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.changes.change_request import ChangeKind, ChangeRequest, ChangeResult, ChangeState
from bot.core.estate.catalogue import Catalogue
from bot.core.estate.history import Release, ReleaseTrial
from bot.core.monitoring.webhook_bodies import hook_ping
from bot.core.outbox.notice import What
from bot.core.people.presence import Cover
from bot.core.runbooks.evidence import lines
from bot.core.runbooks.runbook import EvidenceKind
from bot.flows import looks
from bot.flows.changes import change_requests, releases, unannounced
from bot.flows.estate.ledger import approved_lately, estate_as_recorded
from bot.flows.governance import audit
from bot.flows.triage.briefing import brief
from bot.language.errors import NotAllowed, Refused
from tests.builders import DAY, HOUR, NOW, a_connection, an_estate
from tests.core.changes.test_change_request import a_request
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


async def proposed(scene: Scene, **more: Any) -> ChangeRequest:
    request = a_request(proposed_at=scene.now, at=scene.now + DAY, **more)
    return await scene.do(change_requests.propose, request)


async def approved(scene: Scene, number: int = 1, by: str = "data-owner") -> ChangeRequest:
    return await scene.do(change_requests.approve, number, by)


async def test_approvers_proposer_and_those_named_hear_of_a_proposal() -> None:
    async with await Scene.open() as scene:
        stored = await proposed(scene, notify=("charlie",))

        assert stored.key == "CHG-1"
        assert sorted(await scene.said()) == [
            ("person:bob", What.CHANGE_STEP),
            ("person:charlie", What.CHANGE_NEWS),
            ("person:data-owner", What.CHANGE_WANTED),
        ]


async def test_a_change_goes_from_proposal_to_its_end_with_everything_on_the_record() -> None:
    async with await Scene.open() as scene:
        await proposed(scene)
        await scene.do(change_requests.ask, 1, "data-owner", "Which codes?")
        await scene.do(change_requests.answer, 1, by="bob", asker="data-owner", words="NO-25")
        await approved(scene)
        scene.later(DAY)
        await scene.do(change_requests.implement, 1, "bob")
        await scene.do(change_requests.document, 1, "bob", "the wiki")
        done = await scene.do(
            change_requests.close, 1, by="bob", result=ChangeResult.WORKED, note=""
        )

        assert done.state is ChangeState.CLOSED
        assert done.remind_at is None
        assert [one.by for one in done.history] == [
            *("bob", "data-owner", "bob", "data-owner", "bob", "bob", "bob")
        ]
        history = (await scene.run(estate_as_recorded, scene.knowledge.catalogue)).changes
        assert [(one.what, one.approved_by, one.number) for one in history] == [
            ("Map the new tax code", "data-owner", 1)
        ]


async def test_an_illegal_step_changes_and_says_nothing() -> None:
    async with await Scene.open() as scene:
        await proposed(scene)
        await scene.post()

        with pytest.raises(Refused, match="waits for approval"):
            await scene.do(change_requests.implement, 1, "bob")

        assert await scene.post() == []


async def test_only_who_works_on_the_connection_can_say_that_it_is_done() -> None:
    async with await Scene.open() as scene:
        await proposed(scene)
        await approved(scene)

        with pytest.raises(NotAllowed, match="the owners of the connection"):
            await scene.do(change_requests.implement, 1, "charlie")


async def test_whoever_covers_for_an_approver_is_asked_and_may_approve() -> None:
    async with await Scene.open() as scene:
        cover = Cover(id=0, person="data-owner", by="charlie", since=NOW, entered_by="charlie")
        await scene.run(lambda tx: tx.add_cover(cover))
        await proposed(scene)

        said = await scene.said()
        after = await approved(scene, by="charlie")

        assert ("person:charlie", What.CHANGE_WANTED) in said
        assert after.state is ChangeState.APPROVED


async def test_reminders_come_when_due_and_end_with_the_change() -> None:
    async with await Scene.open() as scene:
        request = a_request(proposed_at=scene.now, at=scene.now + 5 * DAY)
        await scene.do(change_requests.propose, request)
        await scene.post()

        await scene.tick(DAY)
        early = await scene.said()
        await scene.tick(DAY)
        again = await scene.said()
        await scene.do(change_requests.reject, 1, "data-owner", "Not in the close")
        decided = await scene.said()
        await scene.tick(30 * DAY)

        assert early == []
        assert again == [("person:data-owner", What.CHANGE_WANTED)]
        assert decided == [("person:bob", What.CHANGE_STEP)]
        assert await scene.said() == []


async def test_an_approver_who_cannot_be_reached_is_reported_to_the_proposer() -> None:
    async with await Scene.open() as scene:
        await proposed(scene)
        await scene.post(refuse=frozenset({"person:data-owner"}))

        request = await scene.do(change_requests.load, 1)

        assert "could not be asked" in request.history[-1].text


async def test_an_approved_change_explains_what_is_seen_soon_after_it() -> None:
    async with await Scene.open() as scene:
        catalogue = scene.knowledge.catalogue
        orders = catalogue.connections["orders"]
        await proposed(scene)
        before = await scene.run(approved_lately, catalogue, orders, scene.now)
        await approved(scene)
        planned = await scene.run(approved_lately, catalogue, orders, scene.now)
        await scene.do(change_requests.implement, 1, "bob")

        soon = await scene.run(approved_lately, catalogue, orders, scene.now + DAY)
        late = await scene.run(approved_lately, catalogue, orders, scene.now + 8 * DAY)

        assert (before, planned, soon, late) == (False, True, True, False)


async def suspected(scene: Scene, at: Any = None) -> Any:
    return await scene.do(
        unannounced.notice,
        scene.knowledge.catalogue.connections["orders"],
        what="The shape of the data changed.",
        source="orders/api",
        at=at or scene.now,
    )


async def test_an_unannounced_change_is_asked_about_once_a_day_until_one_is_recorded() -> None:
    async with await Scene.open() as scene:
        first = await suspected(scene)
        asked = await scene.said()
        same_day = await suspected(scene, NOW + HOUR)
        emergency = a_request(kind=ChangeKind.EMERGENCY, by="alice", proposed_at=NOW + HOUR, at=NOW)
        await scene.do(change_requests.propose, emergency, first.id)

        settled = await scene.do(unannounced.load, first.id)

        assert asked == [
            ("person:alice", What.SUSPECTED),
            ("person:data-owner", What.SUSPECTED),
        ]
        assert same_day is None
        assert (settled.change, settled.by) == (1, "alice")
        assert await scene.run(lambda tx: tx.unannounced_changes()) == ()


async def test_not_us_goes_to_whoever_guards_the_estate_and_stays_open() -> None:
    async with await Scene.open() as scene:
        first = await suspected(scene)
        await scene.post()

        await scene.do(unannounced.not_ours, first.id, "alice")

        assert await scene.said() == [("person:architect", What.NOT_US)]
        assert [one.by for one in await scene.run(lambda tx: tx.unannounced_changes())] == ["alice"]
        with pytest.raises(NotAllowed):
            await scene.do(unannounced.not_ours, first.id, "bob")


def releasing(days: int = 30) -> Catalogue:
    other = a_connection(id="bank", name="Bank feed", source="bank", target="ledger")
    release = Release(system="erp", version="26", at=NOW + days * DAY, notes="https://e.example")
    return an_estate(a_connection(), other, releases=(release,))


async def test_owners_of_what_a_release_touches_are_reminded_in_stages_and_nobody_else() -> None:
    async with await Scene.open(releasing()) as scene:
        told: list[tuple[int, str, str]] = []
        for day in range(40):
            await scene.do(releases.tick)
            told += [
                (day, letter.facts["stage"], letter.person)
                for letter in await scene.post()
                if letter.kind == "say"
            ]
            scene.later(DAY)

        assert told == [
            *((9, "notes", one) for one in ("alice", "data-owner")),
            *((20, "sandbox", one) for one in ("alice", "data-owner")),
            *((28, "freeze", one) for one in ("alice", "data-owner", "architect")),
            *((31, "after", one) for one in ("alice", "data-owner")),
        ]


async def test_a_verdict_stands_on_the_release_and_a_newer_one_replaces_it() -> None:
    async with await Scene.open(releasing()) as scene:
        for verdict, note in ((ReleaseTrial.PROBLEM, "Tax is rounded"), (ReleaseTrial.FINE, "")):
            await scene.do(
                releases.record_trial, "erp/26", "orders", verdict=verdict, note=note, by="alice"
            )

        (release,) = (await scene.run(estate_as_recorded, scene.knowledge.catalogue)).releases

        assert [one.verdict for one in release.trials] == [ReleaseTrial.FINE]
        with pytest.raises(NotAllowed):
            await scene.do(
                releases.record_trial,
                "erp/26",
                "orders",
                verdict=ReleaseTrial.FINE,
                note="",
                by="bob",
            )


async def test_a_calendar_read_again_keeps_moves_and_drops_its_own_entries_only() -> None:
    async with await Scene.open() as scene:
        first = Release(system="erp", version="A", at=NOW + 5 * DAY, uid="a")
        second = Release(system="erp", version="B", at=NOW + 6 * DAY, uid="b")
        past = Release(system="erp", version="C", at=NOW - DAY, uid="c")
        other = Release(system="shop", version="D", at=NOW + DAY, uid="d")
        await scene.do(releases.take, (first, second, past), "one")
        await scene.do(releases.take, (other,), "two")
        moved = replace(first, at=NOW + 9 * DAY)

        changed = await scene.do(releases.take, (moved,), "one")

        kept = await scene.run(lambda tx: tx.releases())
        assert changed == (1, 1)
        assert [one.uid for one in kept] == ["c", "d", "a"]


async def pushes(scene: Scene, body: Any) -> list[tuple[str, What]]:
    """A vendor's audit log is pushed to the address of a check."""
    ping = hook_ping("audit", body, scene.now)
    assert ping is not None
    await scene.do(looks.receive_pings, [("orders/api", ping)])
    return await scene.said()


async def test_an_audit_log_entry_without_an_approved_change_is_asked_about_once() -> None:
    async with await Scene.open() as scene:
        entry = {"who": "Ada", "what": "value 7 became 9", "object": "Tax mapping"}

        said = await pushes(scene, {"entries": [entry, entry]})
        again = await pushes(scene, entry)

        seen = await scene.run(lambda tx: tx.observed("orders", NOW - HOUR))
        assert said == [("person:alice", What.SUSPECTED), ("person:data-owner", What.SUSPECTED)]
        assert again == []
        assert [what for _, what in seen] == ["audit log: Ada: value 7 became 9 on “Tax mapping”"]


async def test_an_audit_log_entry_that_an_approved_change_explains_is_only_evidence() -> None:
    async with await Scene.open() as scene:
        await proposed(scene)
        await approved(scene)
        await scene.do(change_requests.implement, 1, "bob")
        await scene.post()

        said = await pushes(scene, {"who": "Bob", "what": "tax code mapped"})

        assert said == []
        assert len(await scene.run(lambda tx: tx.observed("orders", NOW - HOUR))) == 1


@pytest.mark.parametrize("body", [{}, {"entries": "x"}, {"entries": [None, 3, {}]}, {"what": {}}])
async def test_an_audit_log_that_cannot_be_read_asks_nobody(body: Any) -> None:
    async with await Scene.open() as scene:
        assert await pushes(scene, body) == []


async def findings(scene: Scene, *keys: str) -> dict[str, Any]:
    view = await scene.do(audit.view)
    return {one.id: one for one in view.audit.of("orders") if one.id in keys}


CHANGE_KEYS = ("unapproved-change", "undocumented-change", "unauthorised-change")


async def test_an_emergency_that_nobody_approved_in_time_is_a_finding_until_somebody_does() -> None:
    async with await Scene.open() as scene:
        emergency = a_request(kind=ChangeKind.EMERGENCY, at=NOW - HOUR)
        await scene.do(change_requests.propose, emergency)
        in_time = await findings(scene, *CHANGE_KEYS)
        scene.later(3 * DAY)
        late = await findings(scene, *CHANGE_KEYS)
        await approved(scene)
        scene.later(5 * DAY)

        written = await findings(scene, *CHANGE_KEYS)

        assert list(in_time) == []
        assert list(late) == ["unapproved-change"]
        assert list(written) == ["undocumented-change"]
        assert written["undocumented-change"].who == "bob"


async def test_an_unannounced_change_that_is_denied_or_not_answered_is_a_finding() -> None:
    async with await Scene.open() as scene:
        first = await suspected(scene)
        asked = await findings(scene, *CHANGE_KEYS)
        scene.later(3 * DAY)
        silent = await findings(scene, *CHANGE_KEYS)
        await scene.do(unannounced.not_ours, first.id, "alice")

        denied = await findings(scene, *CHANGE_KEYS)

        assert list(asked) == []
        assert silent["unauthorised-change"].who == "alice"
        assert denied["unauthorised-change"].who == "architect"


async def test_a_release_without_a_verdict_is_a_finding_from_the_freeze_on() -> None:
    keys = ("release-untested", "release-problem")
    async with await Scene.open(releasing(days=10)) as scene:
        early = await findings(scene, *keys)
        scene.later(8 * DAY)
        silent = await findings(scene, *keys)
        for verdict in (ReleaseTrial.PROBLEM, ReleaseTrial.FINE):
            await scene.do(
                releases.record_trial,
                "erp/26",
                "orders",
                verdict=verdict,
                note="Tax is rounded",
                by="alice",
            )
            if verdict is ReleaseTrial.PROBLEM:
                trouble = await findings(scene, *keys)

        fine = await findings(scene, *keys)

        assert list(early) == []
        assert list(silent) == ["release-untested"]
        assert "Tax is rounded" in trouble["release-problem"].what
        assert list(fine) == []


async def test_what_is_on_record_is_evidence_with_its_distance_to_the_break() -> None:
    async with await Scene.open(releasing(days=-1)) as scene:
        await proposed(scene)
        await approved(scene)
        await scene.do(change_requests.implement, 1, "bob")
        await scene.do(
            releases.record_trial,
            "erp/26",
            "orders",
            verdict=ReleaseTrial.NOT_TESTED,
            note="No sandbox",
            by="alice",
        )
        broke = scene.later(3 * HOUR)
        connection = scene.knowledge.catalogue.connections["orders"]
        found = await scene.do(brief, connection, broke)

        kinds = (EvidenceKind.CHANGES_RELEASES,)
        said = lines(found.facts, scene.knowledge.catalogue, kinds, scene.now)

        assert "3 h before the break: “Map the new tax code”" in said[0].text
        assert "approved by ‹p:data-owner›" in said[0].text
        assert "(not tested: No sandbox, says ‹p:alice›)" in said[1].text
