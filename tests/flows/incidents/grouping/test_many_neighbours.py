"""One connection turns among many that share something with it and many that fail: what is read of
the whole estate is read once, and not once for each incident that is thought over."""

import re
from collections import Counter
from dataclasses import replace

import pytest

from bot.core.incidents.incident import LIVE, Incident, State
from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import CheckResult, Reading
from bot.flows import looks
from bot.language.errors import Refused
from bot.store.tx import Tx
from tests.builders import MINUTE, a_connection, an_estate, an_incident, saw
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
ERRORS = (
    *("HTTP 401 invalid_client", "The field Posting Group must have a value"),
    *("period closed", "HTTP 429 Too many requests"),
)
# What is the same for every incident of one turn.
OF_ALL = re.compile(
    r"from connection_health$|from incidents where state in|where live = 1 union all"
)


async def a_turn(failing: int) -> tuple[int, Counter[str]]:
    """Steps of the database, and readings of the whole estate, for one more that fails."""
    connections = [a_connection(id=f"c{n}", name=f"Feed {n}") for n in range(2 * failing)]
    async with await Scene.open(an_estate(*connections)) as scene:
        fine = [
            CheckResult(check=f"{one.id}/api", observation=saw(Verdict.OK)) for one in connections
        ]
        await scene.do(looks.record, fine * 2)
        for n in range(failing):
            error = ERRORS[n % len(ERRORS)]
            scene.later(25 * MINUTE)
            seen = Reading(at=scene.now, signals={}, error=error)
            await scene.records(seen, seen, check=f"c{n}/api")
        assert len(await scene.lives()) == failing
        counted, read = Counter[str](), Counter[str]()

        def count(tx: Tx) -> None:
            database = tx.db.conn  # type: ignore[attr-defined]
            database.set_progress_handler(lambda: counted.update(["steps"]), 50)
            database.set_trace_callback(
                lambda sql: read.update(OF_ALL.findall(" ".join(sql.split())))
            )

        await scene.run(count)
        broken = saw(Verdict.FAILING, scene.now)
        turned = await scene.records(broken, broken, check=f"c{2 * failing - 1}/api")
        assert turned
        return counted["steps"], read


async def test_a_turn_among_twice_as_many_costs_about_twice_as_much() -> None:
    (few, read_by_few), (many, read_by_many) = await a_turn(12), await a_turn(24)

    assert many < 2.6 * few
    assert read_by_few
    assert read_by_many == read_by_few


def changed_apart(tx: Tx, incident: Incident) -> None:
    """Written, read and undone."""
    with tx.apart():
        tx.save_incident(incident)
        assert tx.open_kinds()[incident.connection] == incident.kind
        raise Refused("no")


async def test_what_was_read_of_all_follows_what_is_written() -> None:
    async with await Scene.open() as scene:

        def story(tx: Tx) -> None:
            assert (tx.incidents(LIVE), dict(tx.open_kinds()), dict(tx.verdicts())) == ((), {}, {})
            one = tx.add_incident(an_incident(kind="auth"))
            two = tx.add_incident(an_incident(connection="stock"))
            assert tx.incidents(LIVE) == (two, one)
            assert tx.open_kinds() == {"orders": "auth"}
            tx.save_incident(replace(two, kind="quota"))
            assert tx.open_kinds() == {"orders": "auth", "stock": "quota"}
            with pytest.raises(Refused):
                changed_apart(tx, replace(one, kind="other", title="another"))
            assert tx.open_kinds()["orders"] == "auth"
            assert tx.incidents(LIVE)[1] == one
            tx.save_incident(replace(one, state=State.RESOLVED))
            assert [live.id for live in tx.incidents(LIVE)] == [two.id]

        await scene.run(story)
