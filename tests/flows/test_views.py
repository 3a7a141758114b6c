"""Views for people, and that a large estate stays quick to look at."""

from collections import Counter
from dataclasses import replace
from typing import Any, cast

import pytest

from bot.core.monitoring.rules import Verdict
from bot.core.monitoring.signals import CheckResult, Reading
from bot.flows import estate_views, looks, views
from bot.flows.work import Work
from bot.store.tx import Tx
from tests.builders import NOW, a_check, a_connection, an_estate, saw
from tests.flows.scene import Scene

OK, DEGRADED, FAILING, UNKNOWN = Verdict.OK, Verdict.DEGRADED, Verdict.FAILING, Verdict.UNKNOWN
pytestmark = pytest.mark.anyio


async def test_the_worst_is_shown_first_and_what_was_never_seen_before_what_is_fine() -> None:
    verdicts = {"a": OK, "b": FAILING, "c": UNKNOWN, "d": DEGRADED, "e": None}
    estate = an_estate(*(a_connection(id=id, name=id) for id in verdicts))
    async with await Scene.open(estate) as scene:
        for id, verdict in verdicts.items():
            if verdict:
                await scene.sees(verdict, verdict, check=f"{id}/api")

        view = await scene.do(estate_views.status)

        assert [line.connection.id for line in view.lines] == ["b", "d", "c", "e", "a"]
        failing = view.lines[0]
        assert failing.incident is not None


async def test_what_waits_and_the_last_good_sync_are_on_the_line() -> None:
    async with await Scene.open() as scene:
        await scene.sees(OK, queue_depth=57.0, last_success=NOW)

        line = (await scene.do(estate_views.status)).lines[0]

        assert [one.at for one in line.last_good] == [NOW]
        assert line.waiting.startswith("57 records")


class Counting:
    """A transaction that counts what is asked of it."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return getattr(self._tx, name)


async def test_a_status_asks_for_each_connection_once() -> None:
    size = 50
    estate = an_estate(*(a_connection(id=f"c{n:04}") for n in range(size)))
    async with await Scene.open(estate) as scene:
        results = [CheckResult(check=f"c{n:04}/api", observation=saw(OK)) for n in range(size)]
        await scene.do(looks.record, results, now=NOW)

        def count(work: Work) -> Counter[str]:
            counting = Counting(work.tx)
            estate_views.status(replace(work, tx=cast(Tx, counting)))
            return counting.asked

        asked = await scene.do(count, now=NOW)

    assert max(asked.values()) <= size, asked
    assert asked["all_connection_health"] <= 1


async def test_a_dossier_leaves_out_checks_that_left_the_catalogue() -> None:
    both = a_connection(checks=(a_check(), a_check(id="queue")))
    async with await Scene.open(an_estate(both)) as scene:
        remarked = replace(cast(Reading, saw(OK)), error="a value is missing")
        for check in ("orders/api", "orders/queue"):
            await scene.records(remarked, check=check)

        page = await scene.do(estate_views.dossier, a_connection(checks=(a_check(id="queue"),)))

        assert page.line.remarks == (("orders/queue", "a value is missing"),)


async def test_an_incident_that_does_not_exist_has_no_view() -> None:
    async with await Scene.open() as scene:
        assert await scene.do(views.incident_view, 7) is None
