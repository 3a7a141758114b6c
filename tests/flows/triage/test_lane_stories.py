"""The counter-party's side: evidence, ticket, contract clock, joint call, severity, review."""

from dataclasses import replace

import pytest

from bot.core.estate.catalogue import Catalogue, Criticality, Hours, LadderRung, Party, Policy
from bot.core.estate.lane import Lane
from bot.core.incidents.incident import State
from bot.core.incidents.review import CauseClass
from bot.core.incidents.severity import Severity
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import Signal
from bot.core.outbox.letter import MACHINE_RESTS
from bot.core.outbox.notice import What
from bot.flows import views
from bot.flows.governance import response_times
from bot.flows.incidents import counterparty, end, respond
from bot.flows.outbox import delivery
from bot.language.errors import Invalid, NotAllowed, Refused
from tests.builders import DAY, HOUR, MINUTE, NOW, a_connection, an_estate
from tests.flows.incidents.test_respond import broken
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
FAILING = Verdict.FAILING


def estate(**vendor: object) -> Catalogue:
    party = Party(id="vendor", name="ShopLink", respond_within={Criticality.CRITICAL: 4 * HOUR})
    return an_estate(parties={"vendor": replace(party, **vendor)})  # type: ignore[arg-type]


async def handed_over(ticket: str = "", **vendor: object) -> Scene:
    scene = await Scene.open(estate(**vendor))
    await scene.sees(FAILING, FAILING)
    await scene.do(respond.hand_over, 1, Lane.VENDOR, "bob", respond.HandOverDetails(ticket=ticket))
    return scene


async def whats(scene: Scene) -> list[What]:
    return [what for _, what in await scene.said()]


class TestEvidence:
    async def test_a_hand_over_posts_it_in_the_channel(self) -> None:
        async with await handed_over() as scene:
            letters = await scene.post()

            packets = [letter for letter in letters if letter.what is What.PACKET]
            assert [str(letter.to) for letter in packets] == ["channel"]
            assert "Our reference: INC-1" in packets[0].facts["body"]
            assert "Contact: Bob" in packets[0].facts["body"]

    async def test_it_goes_to_the_party_where_the_catalogue_says(self) -> None:
        async with await handed_over(email="help@maker.example", slack_channel="ext") as scene:
            letters = await scene.post()

            addresses = [str(letter.to) for letter in letters if letter.what is What.PACKET]
            assert sorted(addresses) == ["channel", "party-channel:vendor", "party:vendor"]

    async def test_the_card_shows_what_became_of_it(self) -> None:
        async with await handed_over(email="help@maker.example") as scene:
            await scene.post(refuse=frozenset({"party:vendor"}))

            view = await scene.do(views.incident_view, 1)

            assert view is not None
            assert [(str(one.to), one.state) for one in view.deliveries] == [
                ("party:vendor", "failed")
            ]

    async def test_a_delivered_one_makes_the_card_stale(self) -> None:
        async with await handed_over(email="help@maker.example") as scene:
            await scene.post()
            await scene.do(counterparty.send_evidence, await scene.incident(), Lane.VENDOR)
            mail = next(one for one in await scene.post() if str(one.to) == "party:vendor")

            await scene.do(delivery.sent, mail)
            scene.later(MACHINE_RESTS)

            shown = [one for one in await scene.post() if one.kind == "show"]
            assert "incident:1" in [one.subject for one in shown]


class TestTicket:
    async def test_without_a_number_the_holder_is_asked_until_it_is_given(self) -> None:
        async with await handed_over() as scene:
            await scene.post()

            await scene.tick(15 * MINUTE)
            first = await scene.said()
            await scene.tick(HOUR)
            second = await scene.said()
            await scene.do(counterparty.give_ticket, 1, "88123", "bob")
            await scene.post()
            await scene.tick(HOUR)

            assert ("person:bob", What.TICKET_WANTED) in first
            assert ("person:bob", What.TICKET_WANTED) in second
            assert What.TICKET_WANTED not in await whats(scene)
            assert (await scene.incident()).counterparty_ticket == "88123"

    async def test_given_at_once_nobody_is_asked(self) -> None:
        async with await handed_over("88123") as scene:
            await scene.tick(HOUR)

            assert What.TICKET_WANTED not in await whats(scene)

    async def test_a_number_of_one_lane_is_not_anothers(self) -> None:
        parties = {key: Party(id=key, name=key) for key in ("vendor", "helpdesk")}
        own = a_connection(lanes={Lane.VENDOR: "vendor", Lane.IT: "helpdesk"})
        async with await Scene.open(an_estate(own, parties=parties)) as scene:
            await scene.sees(FAILING, FAILING)
            await scene.do(
                respond.hand_over, 1, Lane.VENDOR, "bob", respond.HandOverDetails(ticket="88123")
            )

            after = await scene.do(respond.hand_over, 1, Lane.IT, "bob")

            assert after.counterparty_ticket == ""

    async def test_an_empty_one_is_refused(self) -> None:
        async with await handed_over() as scene:
            with pytest.raises(Invalid, match="ticket number"):
                await scene.do(counterparty.give_ticket, 1, "  ", "bob")


class TestContractClock:
    async def test_it_reminds_before_the_end_and_counts_the_breach_once(self) -> None:
        async with await handed_over("88123") as scene:
            await scene.post()

            await scene.tick(4 * HOUR * 0.8)
            soon = await scene.said()
            await scene.tick(4 * HOUR * 0.2)
            due = await scene.said()
            await scene.tick(HOUR)
            again = await scene.said()
            rows = await scene.do(response_times.sla)

            assert ("person:bob", What.COUNTERPARTY_SOON) in soon
            assert ("person:bob", What.COUNTERPARTY_DUE) in due
            assert ("person:bob", What.COUNTERPARTY_DUE) in again
            assert (await scene.kinds()).count("breach") == 1
            assert [(row.handed_over, len(row.breaches)) for row in rows] == [(1, 1)]

    async def test_it_counts_only_within_their_hours(self) -> None:
        hours = Hours(
            days=(1, 2, 3, 4, 5),
            start=NOW.time(),
            end=NOW.replace(hour=11).time(),
            timezone="UTC",
        )
        async with await handed_over("88123", hours=hours) as scene:
            incident = await scene.incident()

            begun = incident.handed_over_at
            assert begun is not None
            left = NOW.replace(hour=11) - begun
            assert incident.counterparty_due_at == NOW + 2 * DAY + (2 * HOUR - left)

    async def test_an_answer_stops_it(self) -> None:
        async with await handed_over("88123") as scene:
            await scene.post()
            await scene.do(counterparty.answered, 1, "bob")

            for _ in range(6):
                await scene.tick(HOUR)

            assert "breach" not in await scene.kinds()
            rows = await scene.do(response_times.sla)
            assert rows[0].breaches == ()

    async def test_without_a_counter_party_nobody_can_have_answered(self) -> None:
        async with await broken() as scene:
            with pytest.raises(NotAllowed, match="not with a counter-party"):
                await scene.do(counterparty.answered, 1, "bob")


class TestJointCall:
    async def test_it_is_proposed_when_nobody_agreed_on_the_lane(self) -> None:
        lanes_named = {Lane.VENDOR: "vendor", Lane.IT: "helpdesk"}
        parties = {key: Party(id=key, name=key.title()) for key in ("vendor", "helpdesk")}
        catalogue = an_estate(a_connection(lanes=lanes_named), parties=parties)
        async with await Scene.open(catalogue) as scene:
            await scene.sees(FAILING, FAILING)
            await scene.post()
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.tick(50 * MINUTE)
            await scene.post()

            await scene.do(respond.still_on_it, 1, "bob")
            await scene.tick(10 * MINUTE)
            said = await scene.said()
            await scene.do(counterparty.joint_call_held, 1, "the vendor rolls back", "bob")

            assert ("channel", What.JOINT_CALL) in said
            assert ("person:architect", What.JOINT_CALL) in said
            assert (await scene.timeline())[-1].kind == "joint call"
            assert What.JOINT_HELD in await whats(scene)

    async def test_a_confirmed_lane_needs_none(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "their logs say so")
            for _ in range(8):
                await scene.tick(15 * MINUTE)

            assert What.JOINT_CALL not in await whats(scene)


class TestSeverity:
    async def test_it_rises_with_the_effect_and_quickens_what_waits(self) -> None:
        catalogue = an_estate(a_connection(tolerance=HOUR))
        async with await Scene.open(catalogue) as scene:
            oldest = scene.now
            await scene.sees(FAILING, FAILING, **{Signal.QUEUE_OLDEST: oldest})
            before = await scene.incident()
            await scene.post()

            for _ in range(14):
                await scene.tick(5 * MINUTE)
            after = await scene.incident()

            assert (before.severity, after.severity) == (Severity.SEV2, Severity.SEV1)
            assert after.lease == before.lease / 2
            assert after.ladder[1].after == before.ladder[1].after / 2
            assert (await scene.kinds()).count("severity") == 1
            assert What.SEVERITY in await whats(scene)

    async def test_it_never_falls(self) -> None:
        catalogue = an_estate(a_connection(tolerance=HOUR))
        async with await Scene.open(catalogue) as scene:
            await scene.sees(FAILING, FAILING, **{Signal.QUEUE_OLDEST: scene.now - 2 * HOUR})
            await scene.sees(FAILING, **{Signal.QUEUE_OLDEST: scene.now})
            await scene.tick(10 * MINUTE)

            assert (await scene.incident()).severity is Severity.SEV1


class TestReview:
    async def test_it_closes_the_incident_for_good(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.resolve, 1, "bob", "renewed the secret")
            after = await scene.do(
                end.review,
                1,
                cause=CauseClass.CREDENTIAL,
                helped="the runbook",
                follow_ups="rotate by calendar",
                by="bob",
            )

            assert (after.state, after.cause_class) == (State.REVIEWED, CauseClass.CREDENTIAL)
            assert What.REVIEWED in await whats(scene)
            assert await scene.tick(100 * HOUR) == 0

    async def test_after_two_working_days_whoever_had_it_is_asked(self) -> None:
        async with await broken() as scene:
            await scene.do(respond.acknowledge, 1, "bob")
            await scene.do(respond.resolve, 1, "bob", "restarted")
            await scene.post()

            early = await scene.tick(2 * DAY - MINUTE)
            await scene.tick(MINUTE)

            assert early == 0
            assert await scene.said() == [("person:bob", What.REVIEW_WANTED)]
            assert await scene.tick(7 * DAY - MINUTE) == 0

    async def test_an_open_one_cannot_be_reviewed(self) -> None:
        async with await broken() as scene:
            with pytest.raises(Refused, match="Cannot review"):
                await scene.do(
                    end.review, 1, cause=CauseClass.OTHER, helped="", follow_ups="", by="bob"
                )


async def test_a_review_is_asked_for_every_week_and_then_of_the_manager() -> None:
    async with await broken() as scene:
        await scene.do(respond.acknowledge, 1, "bob")
        await scene.do(respond.resolve, 1, "bob", "restarted")
        await scene.post()
        asked = []
        for wait in (3 * DAY, *[7 * DAY] * 5):
            await scene.tick(wait)
            asked += [to for to, what in await scene.said() if what is What.REVIEW_WANTED]

        assert asked == [*["person:bob"] * 4, "person:manager"]


async def test_another_lane_brings_its_own_ladder_and_lease() -> None:
    vendor = Policy(
        lanes=(Lane.VENDOR,),
        lease=4 * HOUR,
        ladder=(LadderRung(after=2 * HOUR, people=("manager",)),),
    )
    async with await broken(policies=(vendor,)) as scene:
        before = await scene.incident()
        after = await scene.do(respond.set_lane, 1, Lane.VENDOR, "bob", "their release")
        back = await scene.do(respond.set_lane, 1, Lane.IT, "bob", "no, ours")

        assert before.lease == HOUR
        assert (after.lease, after.ladder[0]) == (4 * HOUR, before.ladder[0])
        assert next(rung.after for rung in after.ladder[1:]) == 2 * HOUR
        assert (back.lease, back.ladder) == (HOUR, before.ladder)
