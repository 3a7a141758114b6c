"""A form takes no more than is kept: what somebody wrote is never cut without a word."""

from collections.abc import Iterator
from typing import Any

import pytest

from bot.core.catalogue import Lane
from bot.core.errors import Invalid, NotAllowed
from bot.core.health import Verdict
from bot.flows import answers, lanes, responses
from bot.flows.ending import LooseEnds
from bot.slack import home, lane_views, views
from bot.slack.blocks import drill, holds, second_life_views
from bot.slack.text import Face
from tests.builders import an_estate, an_incident
from tests.flows.scene import Scene

ONE = an_incident()
FORMS = {
    "hand over": views.hand_over(ONE, ()),
    "resolve": views.resolve(ONE, LooseEnds(), Face(catalogue=an_estate())),
    "reject data": views.reject_data(ONE),
    "note": views.note(ONE),
    "lane": views.lane(ONE),
    "skip": views.skip(1, "step", "A step"),
    "ticket": lane_views.ticket(ONE),
    "joint call": lane_views.joint_held(ONE),
    "review": lane_views.review(ONE),
    "reopen": second_life_views.reopen(ONE),
    "end of a drill": drill.end(ONE),
    "hold": holds.hold(1, "step", "A step"),
}


def texts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        if value.get("type") == "plain_text_input":
            yield value
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


@pytest.mark.parametrize("form", sorted(FORMS))
def test_every_text_of_a_form_is_bounded(form: str) -> None:
    assert [one["action_id"] for one in texts(FORMS[form]) if not one.get("max_length")] == []


@pytest.mark.anyio
async def test_a_ticket_number_that_is_too_long_is_refused_and_not_cut() -> None:
    async with await Scene.open(an_estate()) as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.does(responses.hand_over, 1, Lane.VENDOR, "bob")

        with pytest.raises(Invalid, match="at most 80 characters"):
            await scene.does(lanes.give_ticket, 1, "7" * 400, "bob")

        assert (await scene.incident()).counterparty_ticket == ""


@pytest.mark.anyio
async def test_a_ticket_of_what_was_taken_back_is_refused() -> None:
    async with await Scene.open(an_estate()) as scene:
        await scene.sees(Verdict.FAILING, Verdict.FAILING)
        await scene.does(responses.hand_over, 1, Lane.VENDOR, "bob")
        await scene.does(responses.acknowledge, 1, "bob")

        with pytest.raises(NotAllowed, match="INC-1 is not with a counter-party"):
            await scene.does(lanes.give_ticket, 1, "88123", "bob")

        assert (await scene.incident()).counterparty_ticket == ""


@pytest.mark.anyio
@pytest.mark.parametrize("declares", [True, False])
async def test_the_home_of_who_may_only_look_offers_no_declaring(declares: bool) -> None:
    async with await Scene.open(an_estate()) as scene:
        mine = await scene.does(answers.mine, "stranger")
        status = await scene.does(answers.status)
        face = Face(catalogue=scene.knowledge.catalogue)

        shown = str(home.home(mine, status, face, declares=declares))

        assert ("Declare an incident" in shown) is declares
