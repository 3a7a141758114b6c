"""What was said is said once and does not contradict itself: a word given twice, a status that the
page repeats, a time and its limit, a lane and the reasons for it."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.checks.http.fetch import HttpAnswer
from bot.checks.outcomes import refused_status
from bot.core.estate.lane import Lane
from bot.core.monitoring.signals import Reading
from bot.flows import views
from bot.flows.incidents import respond
from bot.flows.runbooks import walk
from bot.flows.triage.briefing import brief
from bot.language.units import say_apart, say_duration
from bot.slack.incidents import card
from bot.slack.text import Writer
from tests.builders import MINUTE, NOW
from tests.flows.incidents.grouping.test_shared_outage import Outage, outage
from tests.flows.scene import Scene

pytestmark = pytest.mark.anyio
SECONDS = st.integers(1, 400_000)


async def runs_again(numbers: int, approvers: int) -> Outage:
    scene = await outage([(20, 0)] * numbers, approvers=approvers)
    await scene.look([(0, 0)] * numbers, broken=False)
    await scene.post()
    return scene


@pytest.mark.parametrize("times", [2, 3])
async def test_a_word_on_the_data_that_is_given_again_is_kept_once(times: int) -> None:
    async with await runs_again(5, 2) as scene:
        for _ in range(times):
            await scene.do(respond.confirm_data, 1, "owner-0")
            scene.later(MINUTE)

        said = [one.text for one in await scene.timeline() if one.kind == "confirmed"]
        assert len(said) == 1
        assert "2 to go" in said[0]


@given(limit=SECONDS, beyond=SECONDS)
def test_what_is_beyond_a_limit_never_reads_as_the_limit(limit: int, beyond: int) -> None:
    span, bound = timedelta(seconds=limit + beyond), timedelta(seconds=limit)

    said = say_apart(span, bound)

    assert said[0] != said[1]
    if say_duration(span) != say_duration(bound):
        assert said == (say_duration(span), say_duration(bound))


def test_less_than_a_second_beyond_is_said_so() -> None:
    assert say_apart(MINUTE + timedelta(milliseconds=200), MINUTE) == ("just over 1 min", "1 min")


PAGES = {
    "500 Internal Server Error": "GET x: 500 Internal Server Error",
    "<title>500 Internal Server Error</title><h1>Internal Server Error</h1>": (
        "GET x: 500 Internal Server Error"
    ),
    "": "GET x: 500 Internal Server Error",
    "the queue is full": "GET x: 500 Internal Server Error: the queue is full",
}


@pytest.mark.parametrize("page", PAGES)
def test_a_status_that_its_page_repeats_is_said_once(page: str) -> None:
    kind = "text/html" if page.startswith("<") else "text/plain"
    answer = HttpAnswer(
        status=500,
        reason="Internal Server Error",
        headers=httpx.Headers({"content-type": kind}),
        charset="utf-8",
        body=page.encode(),
    )

    said = refused_status(answer, "GET x", NOW, str)

    assert isinstance(said, Reading)
    assert said.error.rstrip(".") == PAGES[page]


async def test_a_lane_that_the_runbook_reached_stands_beside_no_word_that_none_is_known() -> None:
    async with await Scene.open() as scene:
        await scene.records(*[Reading(at=scene.now, signals={"failed": 20.0})] * 2)
        facts = await scene.do(brief, scene.knowledge.catalogue.connections["orders"])
        before = facts.suggestion
        await scene.do(walk.answer, 1, step="erp", choice="yes", by="bob")
        view = await scene.do(views.incident_view, 1)
        assert view is not None
        said = str(card.card(view, Writer(catalogue=scene.knowledge.catalogue)).blocks)

        assert before.lane is not Lane.PUBLISHER
        assert view.incident.lane is Lane.PUBLISHER
        assert "The ERP is down." in said
        assert "No evidence points to a lane yet" not in said
