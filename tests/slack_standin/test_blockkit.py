"""Block Kit: what the server refuses, where and in which words."""

from typing import Any

import pytest

from slack_standin.blockkit import check_blocks, check_view
from tests.slack_standin.conftest import Api, button, modal, section

pytestmark = pytest.mark.anyio


def _plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def _actions(*elements: dict[str, Any], **extra: object) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **extra}


def _options(number: int) -> list[dict[str, Any]]:
    return [{"text": _plain(f"Option {n}"), "value": str(n)} for n in range(number)]


def _select(**extra: object) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "pick", **extra}


def _input(element: dict[str, Any] | None = None, **extra: object) -> dict[str, Any]:
    element = element or {"type": "plain_text_input", "action_id": "text"}
    return {"type": "input", "label": _plain("Label"), "element": element, **extra}


_CHART = {
    "type": "data_visualization",
    "title": "Orders",
    "chart": {"type": "pie", "segments": [{"label": "late", "value": 3}]},
}
_TABLE = {"type": "table", "rows": [[{"type": "raw_text", "text": "cell"}]]}

GOOD = {
    "section": section("hello", accessory=button(style="danger", value="1")),
    "fields": {"type": "section", "fields": [{"type": "mrkdwn", "text": "*a*"}] * 10},
    "header": {"type": "header", "text": _plain("x" * 150)},
    "context": {"type": "context", "elements": [{"type": "mrkdwn", "text": "x"}] * 10},
    "actions": _actions(*(button(action_id=f"a{n}") for n in range(25))),
    "select": _actions(_select(options=_options(100), initial_option=_options(3)[2])),
    "overflow": section(
        accessory={"type": "overflow", "action_id": "more", "options": _options(5)}
    ),
    "input": _input(),
    "image": {"type": "image", "image_url": "https://x.example/a.png", "alt_text": "a"},
    "rich text": {
        "type": "rich_text",
        "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "<!channel>"}]}
        ],
    },
    "markdown": {"type": "markdown", "text": "**bold**"},
    "table": _TABLE,
    "chart": _CHART,
    "container": {
        "type": "container",
        "title": _plain("Evidence"),
        "child_blocks": [section(), {"type": "divider"}],
    },
    "card": {"type": "card", "title": {"type": "mrkdwn", "text": "Card"}, "actions": [button()]},
}


@pytest.mark.parametrize("name", GOOD)
async def test_a_good_block_passes(name: str) -> None:
    assert check_blocks([GOOD[name]], surface="message") == []


BAD = {
    "text over 3000": (section("x" * 3001), "must be less than 3001 characters", "/text/text"),
    "empty text": (section(""), "must be more than 0 characters", "/text/text"),
    "section without text": ({"type": "section"}, "missing required field: text", ""),
    "field over 2000": (
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]},
        "must be less than 2001 characters",
        "/fields/0/text",
    ),
    "header in mrkdwn": (
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: mrkdwn",
        "/text/type",
    ),
    "header over 150": (
        {"type": "header", "text": _plain("x" * 151)},
        "must be less than 151 characters",
        "/text/text",
    ),
    "no actions": (_actions(), "must provide at least 1 items", "/elements"),
    "26 actions": (
        _actions(*(button(action_id=f"a{n}") for n in range(26))),
        "no more than 25 items allowed",
        "/elements",
    ),
    "button in mrkdwn": (
        _actions({**button(), "text": {"type": "mrkdwn", "text": "x"}}),
        "unsupported type: mrkdwn",
        "/elements/0/text/type",
    ),
    "button text over 75": (
        _actions(button("x" * 76)),
        "must be less than 76 characters",
        "/elements/0/text/text",
    ),
    "unknown button style": (
        _actions(button(style="green")),
        "must be a valid enum value",
        "/elements/0/style",
    ),
    "unknown field": (
        section(colour="red"),
        "invalid additional property: colour",
        "",
    ),
    "101 options": (
        _actions(_select(options=_options(101))),
        "no more than 100 items allowed",
        "/elements/0/options",
    ),
    "no options": (
        _actions(_select(options=[])),
        "must provide at least 1 items",
        "/elements/0/options",
    ),
    "options and groups": (
        _actions(_select()),
        "must provide exactly one of options and option_groups",
        "/elements/0",
    ),
    "initial option from elsewhere": (
        _actions(_select(options=_options(2), initial_option=_options(3)[2])),
        "initial option was not found in the list of options",
        "/elements/0",
    ),
    "11 checkboxes": (
        _actions({"type": "checkboxes", "action_id": "c", "options": _options(11)}),
        "no more than 10 items allowed",
        "/elements/0/options",
    ),
    "text input among actions": (
        _actions({"type": "plain_text_input", "action_id": "t"}),
        "unsupported type: plain_text_input",
        "/elements/0/type",
    ),
    "datetimepicker as accessory": (
        section(accessory={"type": "datetimepicker", "action_id": "d"}),
        "unsupported type: datetimepicker",
        "/accessory/type",
    ),
    "image without source": (
        {"type": "image", "alt_text": "a"},
        "missing required field: image_url",
        "",
    ),
    "unknown block": ({"type": "poem"}, "unsupported type: poem", "/type"),
    "alert in a message": (
        {"type": "alert", "text": {"type": "mrkdwn", "text": "x"}},
        "unsupported type: alert",
        "/type",
    ),
    "date of another form": (
        _actions({"type": "datepicker", "action_id": "d", "initial_date": "20.11.2026"}),
        "must match regex",
        "/elements/0/initial_date",
    ),
    "empty table cell": (
        {"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]},
        "must be more than 0 characters",
        "/rows/0/0/text",
    ),
    "pie of nothing": (
        {**_CHART, "chart": {"type": "pie", "segments": [{"label": "late", "value": 0}]}},
        "must be greater than 0",
        "/chart/segments/0/value",
    ),
    "container in a container": (
        {"type": "container", "child_blocks": [GOOD["container"]]},
        "unsupported type: container",
        "/child_blocks/0/type",
    ),
}


@pytest.mark.parametrize("name", BAD)
async def test_a_bad_block_is_refused_at_its_place(name: str) -> None:
    block, message, pointer = BAD[name]

    problems = check_blocks([block], surface="message")

    place = f"/blocks/0{pointer}"
    assert any(message in p.message and p.pointer == place for p in problems), problems


@pytest.mark.parametrize(
    ("blocks", "message"),
    [
        ([section(block_id="a"), section(block_id="a")], "block_id already exists: a"),
        ([_actions(button(), button())], "action_id already exists: go"),
        ([_TABLE, _TABLE], "only_one_table_allowed"),
        ([_CHART, _CHART, _CHART], "no more than 2 items allowed"),
        ([{"type": "markdown", "text": "x" * 7000}] * 2, "must be less than 12001 characters"),
    ],
)
async def test_rules_between_blocks_hold(blocks: list[dict[str, Any]], message: str) -> None:
    problems = check_blocks(blocks, surface="message")

    assert [p.message for p in problems] == [message]


@pytest.mark.parametrize(
    ("view", "message"),
    [
        (modal(_input()), "missing required field: submit"),
        (modal(title=_plain("x" * 25)), "must be less than 25 characters"),
        (modal(private_metadata="x" * 3001), "must be less than 3001 characters"),
        (modal(*[{"type": "divider"}] * 101), "no more than 100 items allowed"),
        (modal(_CHART), "unsupported type: data_visualization"),
        (modal(_TABLE), "unsupported type: table"),
        ({"type": "home", "blocks": [GOOD["markdown"]]}, "unsupported type: markdown"),
        (
            {"type": "home", "blocks": [_input({"type": "file_input", "action_id": "f"})]},
            "unsupported type: file_input",
        ),
        ({"type": "sidebar", "blocks": []}, "unsupported type: sidebar"),
    ],
)
async def test_a_view_has_rules_of_its_own(view: dict[str, Any], message: str) -> None:
    assert message in [p.message for p in check_view(view)]


async def test_an_alert_belongs_into_a_modal() -> None:
    alert = {"type": "alert", "text": {"type": "mrkdwn", "text": "x"}, "level": "warning"}

    assert check_view(modal(alert)) == []


async def test_a_message_is_refused_as_invalid_blocks_with_pointers(api: Api) -> None:
    room = await api.channel("orders")

    answer = await api("chat.postMessage", channel=room, text="x", blocks=[section("x" * 3001)])

    assert answer["error"] == "invalid_blocks"
    assert answer["errors"] == [
        "failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]


async def test_a_view_is_refused_as_invalid_arguments_with_pointers(api: Api) -> None:
    view = modal(title=_plain("x" * 25))

    answer = await api("views.open", trigger_id="1.2.3", view=view)

    assert answer["error"] == "invalid_arguments"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/view]",
        "[ERROR] failed to match all allowed schemas [json-pointer:/view/title]",
        "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]",
    ]


async def test_blocks_that_are_no_json_are_refused_as_such(api: Api) -> None:
    room = await api.channel("orders")

    answer = await api("chat.postMessage", channel=room, text="x", blocks="[{")

    assert answer["error"] == "invalid_blocks_format"
