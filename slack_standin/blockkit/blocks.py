"""The everyday blocks and the newer ones, each with its limits."""

from collections.abc import Iterator, Mapping

from slack_standin.blockkit.charts import DATA_VISUALIZATION
from slack_standin.blockkit.elements import (
    ACCESSORIES,
    ACTION_ELEMENTS,
    BUTTON,
    FEEDBACK,
    IMAGE,
    INPUT_ELEMENTS,
)
from slack_standin.blockkit.rules import (
    Problem,
    Rule,
    also,
    anything,
    array,
    boolean,
    by_type,
    general,
    integer,
    one_of,
    record,
    string,
    when,
)
from slack_standin.blockkit.tables import DATA_TABLE, TABLE
from slack_standin.blockkit.texts import BLOCK_ID, RICH_TEXT, SLACK_FILE, URL, plain, text

_ID: Mapping[str, Rule] = {"block_id": BLOCK_ID}

SECTION = also(
    record(
        {},
        {
            **_ID,
            "text": text(3000),
            "fields": array(text(2000), most=10, least=1),
            "accessory": general(by_type(ACCESSORIES)),
            "expand": boolean,
        },
    ),
    when(lambda value: "text" in value or "fields" in value, "missing required field: text"),
)


def _input_rules(value: object, at: str) -> Iterator[Problem]:
    if not isinstance(value, dict) or not isinstance(value.get("element"), dict):
        return
    if value["element"].get("type") == "file_input" and value.get("dispatch_action"):
        yield Problem("invalid additional property: dispatch_action", at)


INPUT = also(
    record(
        {"label": plain(2000), "element": general(by_type(INPUT_ELEMENTS))},
        {**_ID, "hint": plain(2000), "optional": boolean, "dispatch_action": boolean},
    ),
    _input_rules,
)

_IMAGE_BLOCK = also(
    record(
        {"alt_text": string(2000)},
        {**_ID, "image_url": URL, "slack_file": SLACK_FILE, "title": plain(2000)},
    ),
    when(
        lambda value: ("image_url" in value) != ("slack_file" in value),
        "missing required field: image_url",
    ),
)

_VIDEO = record(
    {"alt_text": string(), "title": plain(199), "thumbnail_url": URL, "video_url": URL},
    {
        **_ID,
        "author_name": string(49),
        "description": plain(200),
        "provider_icon_url": URL,
        "provider_name": string(50),
        "title_url": URL,
    },
)

_TASK = record(
    {"task_id": string(255), "title": string()},
    {
        **_ID,
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": anything,
        "output": anything,
        "sources": array(anything, most=100),
    },
)

_CARD = also(
    record(
        {},
        {
            **_ID,
            "hero_image": IMAGE,
            "icon": IMAGE,
            "title": text(150),
            "subtitle": text(150),
            "body": text(200),
            "subtext": text(200),
            "actions": array(by_type({"button": BUTTON}), most=2, least=1),
        },
    ),
    when(
        lambda value: any(key in value for key in ("hero_image", "title", "body", "actions")),
        "missing required field: title",
    ),
)

EVERYDAY: Mapping[str, Rule] = {
    "section": SECTION,
    "header": record({"text": plain(150)}, {**_ID, "level": integer(1, 4)}),
    "divider": record({}, _ID),
    "context": record(
        {
            "elements": array(
                general(by_type({"image": IMAGE, "plain_text": text(3000), "mrkdwn": text(3000)})),
                most=10,
                least=1,
            )
        },
        _ID,
    ),
    "actions": record(
        {"elements": array(general(by_type(ACTION_ELEMENTS)), most=25, least=1)}, _ID
    ),
    "input": INPUT,
    "image": _IMAGE_BLOCK,
    "rich_text": RICH_TEXT,
}

_CONTAINED: Mapping[str, Rule] = {name: rule for name, rule in EVERYDAY.items() if name != "input"}

NEWER: Mapping[str, Rule] = {
    "video": _VIDEO,
    "file": record({"external_id": string(255), "source": one_of("remote")}, _ID),
    "call": record({"call_id": string(255)}, {**_ID, "api_decoration_available": boolean}),
    "markdown": record({"text": string(12_000)}, _ID),
    "context_actions": record({"elements": array(by_type(FEEDBACK), most=5, least=1)}, _ID),
    "task_card": _TASK,
    "plan": record({"title": string()}, {**_ID, "tasks": array(_TASK, most=50)}),
    "alert": record(
        {"text": text(3000)},
        {**_ID, "level": one_of("default", "info", "warning", "error", "success")},
    ),
    "card": _CARD,
    "carousel": record({"elements": array(_CARD, most=10, least=1)}, _ID),
    "table": TABLE,
    "data_table": DATA_TABLE,
    "data_visualization": DATA_VISUALIZATION,
    "container": record(
        {"child_blocks": array(general(by_type(_CONTAINED)), most=10, least=1)},
        {
            **_ID,
            "title": plain(150),
            "rich_text_title": anything,
            "subtitle": text(150),
            "width": one_of("narrow", "standard", "wide", "full"),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "icon": anything,
            "has_header_divider": boolean,
        },
    ),
}

ALL_BLOCKS: Mapping[str, Rule] = {**EVERYDAY, **NEWER}
