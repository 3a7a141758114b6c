"""An address got out: its owner makes new ones, and the old ones are worth nothing."""

import hashlib
import hmac

import pytest

from bot.core.estate.catalogue import Connection, Owners
from bot.core.monitoring.heartbeat import Beat, Ping, PingKind, judge_beat
from bot.flows import looks
from bot.flows.estate import ping_addresses
from bot.language.errors import Invalid, NotAllowed
from tests.builders import HOUR, MINUTE, NOW, a_check, a_connection, an_estate, knowledge_of
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio


def pushed(owners: Owners | None = None) -> Connection:
    kinds = {"nightly": "heartbeat", "news": "webhook", "api": "http"}
    checks = tuple(a_check(id=id, kind=kind) for id, kind in kinds.items())
    return a_connection(checks=checks, **({"owners": owners} if owners else {}))


async def test_the_owner_rotates_every_address_and_only_the_new_ones_are_known() -> None:
    connection = pushed()
    async with await Scene.open(an_estate(connection)) as scene:
        old = await scene.do(ping_addresses.addresses)

        made = await scene.do(ping_addresses.rotate, connection, "alice")

        new = await scene.do(ping_addresses.addresses, old)
        by_path = {one.path.rpartition("/")[2]: one.check for one in made}
        assert {token: spec.key for token, spec in new.checks.items()} == by_path
        assert set(by_path.values()) == {"orders/nightly", "orders/news"}
        assert set(old.checks) & set(new.checks) == set()
        assert [one.path.rpartition("/")[0] for one in made] == ["ping", "hooks/<source>"]


async def test_rotating_twice_never_brings_an_address_back() -> None:
    connection = pushed()
    async with await Scene.open(an_estate(connection)) as scene:
        seen = [await scene.run(ping_addresses.ping_token, "orders/nightly")]
        for _ in range(3):
            await scene.do(ping_addresses.rotate, connection, "alice")
            seen.append(await scene.run(ping_addresses.ping_token, "orders/nightly"))

        assert len(set(seen)) == 4


async def test_addresses_that_were_never_rotated_are_those_of_earlier_versions() -> None:
    async with await Scene.open() as scene:
        install = await scene.run(lambda tx: tx.install())

        token = await scene.run(ping_addresses.ping_token, "orders/nightly")

        signed = hmac.new(install.encode(), b"orders/nightly", hashlib.sha256).hexdigest()
        assert token == signed[:32]


@pytest.mark.parametrize("by", ["bob", "charlie", "architect"])
async def test_others_hear_who_may_and_nothing_changes(by: str) -> None:
    connection = pushed()
    async with await Scene.open(an_estate(connection)) as scene:
        before = await scene.run(ping_addresses.ping_token, "orders/nightly")

        with pytest.raises(NotAllowed, match="alice"):
            await scene.do(ping_addresses.rotate, connection, by)

        assert await scene.run(ping_addresses.ping_token, "orders/nightly") == before


async def test_without_a_technical_owner_the_architecture_owner_may() -> None:
    connection = pushed(Owners(architecture="architect"))
    async with await Scene.open(an_estate(connection)) as scene:
        made = await scene.do(ping_addresses.rotate, connection, "architect")

        assert len(made) == 2


async def test_without_any_owner_nobody_may_and_the_answer_says_what_to_do() -> None:
    connection = pushed(Owners())
    async with await Scene.open(an_estate(connection)) as scene:
        with pytest.raises(NotAllowed, match="Name one in the estate file"):
            await scene.do(ping_addresses.rotate, connection, "alice")


async def test_a_connection_that_nobody_calls_has_nothing_to_rotate() -> None:
    async with await Scene.open() as scene:
        with pytest.raises(Invalid, match="no address to rotate"):
            await scene.do(ping_addresses.rotate, a_connection(), "alice")


async def test_a_rotation_neither_forgets_the_last_ping_nor_asks_for_a_new_one() -> None:
    connection = pushed()
    async with await Scene.open(an_estate(connection)) as scene:
        told = Ping(at=scene.now, kind=PingKind.SUCCESS)
        await scene.do(looks.receive_pings, [("orders/nightly", told)])

        await scene.do(ping_addresses.rotate, connection, "alice")

        last = await scene.do(looks.last_ping, "orders/nightly")
        grace = 10 * MINUTE
        beats = [
            judge_beat(last, period=HOUR, grace=grace, first_seen=NOW, now=NOW + span)
            for span in (HOUR, HOUR + grace, HOUR + grace + MINUTE)
        ]
        assert beats == [Beat.FINE, Beat.LATE, Beat.OVERDUE]


async def test_the_addresses_are_worked_out_again_only_when_something_changed() -> None:
    connection = pushed()
    async with await Scene.open(an_estate(connection)) as scene:
        first = await scene.do(ping_addresses.addresses)

        same = await scene.do(ping_addresses.addresses, first)
        other = await scene.do(
            ping_addresses.addresses, first, knowledge=knowledge_of(an_estate(connection))
        )

        assert same is first
        assert other is not first
        assert other.checks == first.checks
