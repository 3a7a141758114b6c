"""Forms: checks before sending, answers, stacks, hashes, what survives an update."""

import asyncio
from typing import Any

import pytest

from slack_standin import Standin
from slack_standin.driver import Driver
from slack_standin.state.refusal import PersonError
from tests.slack_standin.conftest import Api, Link, Wire, section
from tests.slack_standin.forms import SELECT, commanded, field, form

pytestmark = pytest.mark.anyio
Json = dict[str, Any]


async def _opened(api: Api, slack: Driver, wire: Wire, view: Json) -> Json:
    trigger = (await commanded(slack, wire))["trigger_id"]
    answer = await api("views.open", trigger_id=trigger, view=view)
    opened: Json = answer["view"]
    return opened


async def test_a_form_is_checked_before_it_is_sent(api: Api, slack: Driver, link: Link) -> None:
    short = {"type": "plain_text_input", "action_id": "text", "min_length": 5}
    async with link() as wire:
        await _opened(api, slack, wire, form(field("what"), field("why", short, optional=True)))
        screen = await slack.member("Bob").sees_modal("Form")
        await screen.fill("why", "abc")

        answer = await screen.submit()

    assert answer["errors"] == {
        "what": "Please complete this required field.",
        "why": "Please enter at least 5 characters.",
    }


async def test_a_submission_carries_every_value_and_empty_ones_as_null(
    api: Api, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        view = form(field("what"), field("lane", SELECT, optional=True), callback_id="report")
        await _opened(api, slack, wire, view)
        screen = await slack.member("Bob").sees_modal("Form")
        await screen.fill("what", "late orders")
        sent = asyncio.create_task(screen.submit())
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await sent
    values = frame["payload"]["view"]["state"]["values"]

    assert frame["payload"]["view"]["callback_id"] == "report"
    assert values["what"]["text"] == {"type": "plain_text_input", "value": "late orders"}
    assert values["lane"]["lane"] == {"type": "static_select", "selected_option": None}


async def test_the_answer_to_a_form_can_update_push_and_clear(
    api: Api, slack: Driver, link: Link
) -> None:
    bob = slack.member("Bob")
    second = {**form(), "title": {"type": "plain_text", "text": "Second"}}
    third = {**form(), "title": {"type": "plain_text", "text": "Third"}}
    seen = []
    async with link() as wire:
        await _opened(api, slack, wire, form())
        for title, answer in (
            ("Form", {"response_action": "update", "view": second}),
            ("Second", {"response_action": "push", "view": third}),
            ("Third", {"response_action": "clear"}),
        ):
            screen = await bob.sees_modal(title)
            sent = asyncio.create_task(screen.submit())
            await wire.ack(await wire.frame("interactive"), answer)
            seen.append((await sent)["response_action"])
        await bob.sees_no_modal()

    assert seen == ["update", "push", "clear"]


async def test_errors_must_name_inputs_of_the_form(api: Api, slack: Driver, link: Link) -> None:
    async with link() as wire:
        await _opened(api, slack, wire, form(section(block_id="note")))
        screen = await slack.member("Bob").sees_modal("Form")
        sent = asyncio.create_task(screen.submit())
        wrong = {"response_action": "errors", "errors": {"note": "no input"}}
        await wire.ack(await wire.frame("interactive"), wrong)

        with pytest.raises(PersonError, match="something invalid"):
            await sent


async def test_a_stack_holds_three_views(api: Api, slack: Driver, link: Link) -> None:
    async with link() as wire:
        await _opened(api, slack, wire, form())
        answers = []
        for _ in range(3):
            trigger = (await commanded(slack, wire))["trigger_id"]
            answers.append(await api("views.push", trigger_id=trigger, view=form()))

    assert [a.get("error") for a in answers] == [None, None, "push_limit_reached"]
    assert answers[1]["view"]["previous_view_id"] == answers[0]["view"]["id"]


async def test_an_old_hash_is_a_conflict(api: Api, slack: Driver, link: Link) -> None:
    async with link() as wire:
        view = await _opened(api, slack, wire, form())

    fresh = await api("views.update", view_id=view["id"], hash=view["hash"], view=form())
    stale = await api("views.update", view_id=view["id"], hash=view["hash"], view=form())

    assert fresh["ok"] is True
    assert stale["error"] == "hash_conflict"


async def test_an_external_id_is_unique(api: Api, slack: Driver, link: Link) -> None:
    bob = slack.member("Bob")
    async with link() as wire:
        await _opened(api, slack, wire, form(external_id="one"))
        trigger = (await commanded(slack, wire))["trigger_id"]

    again = await api("views.push", trigger_id=trigger, view=form(external_id="one"))
    updated = await api("views.update", external_id="one", view=form(section("changed")))

    assert again["error"] == "duplicate_external_id"
    assert updated["ok"] is True
    assert "changed" in (await bob.sees_modal("Form")).text


async def test_typed_text_survives_an_update_while_its_ids_stay(
    api: Api, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        view = await _opened(api, slack, wire, form(field("what"), field("why", optional=True)))
        screen = await slack.member("Bob").sees_modal("Form")
        await screen.fill("what", "kept")
        await screen.fill("why", "lost")

        await api("views.update", view_id=view["id"], view=form(field("what"), field("who")))

    assert screen.values == {"what": "kept", "who": None}


@pytest.mark.parametrize(("clear", "cleared"), [(False, False), (True, True)])
async def test_closing_is_told_with_whether_all_was_cleared(
    api: Api, slack: Driver, link: Link, clear: bool, cleared: bool
) -> None:
    async with link() as wire:
        view = await _opened(api, slack, wire, form(notify_on_close=True))
        screen = await slack.member("Bob").sees_modal("Form")
        if clear:
            screen.close()
        else:
            screen.cancel()
        frame = await wire.frame("interactive")
        await wire.ack(frame)

    assert frame["payload"]["type"] == "view_closed"
    assert frame["payload"]["view"]["id"] == view["id"]
    assert frame["payload"]["is_cleared"] is cleared


async def test_an_external_select_offers_what_the_app_suggests(
    api: Api, slack: Driver, link: Link
) -> None:
    select = {"type": "external_select", "action_id": "find", "min_query_length": 1}
    async with link() as wire:
        await _opened(api, slack, wire, form(field("connection", select)))
        screen = await slack.member("Bob").sees_modal("Form")
        filled = asyncio.create_task(screen.fill("connection", "Orders"))
        frame = await wire.frame("interactive")
        option = {"text": {"type": "plain_text", "text": "Orders"}, "value": "orders"}
        await wire.ack(frame, {"options": [option]})
        await filled

    assert frame["payload"]["type"] == "block_suggestion"
    assert frame["payload"]["value"] == "Orders"
    assert screen.values == {"connection": option}


async def test_an_input_reports_only_with_dispatch_action(
    api: Api, slack: Driver, link: Link
) -> None:
    async with link() as wire:
        await _opened(
            api, slack, wire, form(field("quiet"), field("loud", SELECT, dispatch_action=True))
        )
        screen = await slack.member("Bob").sees_modal("Form")
        await screen.fill("quiet", "typed")
        chosen = asyncio.create_task(screen.fill("loud", "Vendor"))
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await chosen

    assert frame["payload"]["actions"][0]["block_id"] == "loud"
    assert frame["payload"]["view"]["state"]["values"]["quiet"]["text"]["value"] == "typed"
    assert "response_url" not in frame["payload"]


async def test_a_select_with_response_url_brings_one_on_submit(
    api: Api, standin: Standin, slack: Driver, link: Link
) -> None:
    select = {"type": "conversations_select", "action_id": "c", "response_url_enabled": True}
    general = slack.member("Bob").channel("general").id
    async with link() as wire:
        await _opened(api, slack, wire, form(field("where", select)))
        screen = await slack.member("Bob").sees_modal("Form")
        await screen.fill("where", "#general")
        sent = asyncio.create_task(screen.submit())
        frame = await wire.frame("interactive")
        await wire.ack(frame)
        await sent
    entry = frame["payload"]["response_urls"][0]

    await api.session.post(
        entry["response_url"], json={"text": "hi", "response_type": "in_channel"}
    )

    assert entry["channel_id"] == general
    await slack.member("Bob").sees("#general", "hi")
