"""Views for people, and that a large estate stays quick to look at."""

from time import perf_counter

import pytest

from bot.core.health import Verdict
from bot.core.signals import CheckResult
from bot.flows import answers, checks
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

        view = await scene.does(answers.status)

        assert [line.connection.id for line in view.lines] == ["b", "d", "c", "e", "a"]
        failing = view.lines[0]
        assert failing.incident is not None


async def test_what_waits_and_the_last_good_sync_are_on_the_line() -> None:
    async with await Scene.open() as scene:
        await scene.sees(OK, queue_depth=57.0, last_success=NOW)

        line = (await scene.does(answers.status)).lines[0]

        assert line.last_success == NOW
        assert line.waiting.startswith("57 records")


async def test_a_status_of_a_thousand_connections_grows_with_their_number_only() -> None:
    async def seconds(size: int) -> float:
        estate = an_estate(*(a_connection(id=f"c{n:04}") for n in range(size)))
        async with await Scene.open(estate) as scene:
            results = [CheckResult(check=f"c{n:04}/api", observation=saw(OK)) for n in range(size)]
            await scene.run(checks.record, scene.knowledge, results, NOW)
            start = perf_counter()
            view = await scene.does(answers.status)
            took = perf_counter() - start
            assert len(view.lines) == size
            return took

    small, large = await seconds(100), await seconds(1000)

    assert large < 40 * small, f"{small:.3f} s for 100, {large:.3f} s for 1000"


async def test_a_dossier_leaves_out_checks_that_left_the_catalogue() -> None:
    both = a_connection(checks=(a_check(), a_check(id="queue")))
    async with await Scene.open(an_estate(both)) as scene:
        await scene.sees(OK)
        await scene.sees(OK, check="orders/queue")

        page = await scene.does(answers.dossier, a_connection(checks=(a_check(id="queue"),)))

        assert [check.check for check in page.checks] == ["orders/queue"]


async def test_an_incident_that_does_not_exist_has_no_view() -> None:
    async with await Scene.open() as scene:
        assert await scene.does(answers.incident_view, 7) is None
