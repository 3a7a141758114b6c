"""Block elements: buttons, menus, pickers, inputs."""

from collections.abc import Mapping

from slack_standin.blockkit.rules import (
    Rule,
    also,
    anything,
    array,
    boolean,
    integer,
    one_of,
    record,
    string,
    when,
)
from slack_standin.blockkit.texts import (
    ACTION_ID,
    CONFIRM,
    CONVERSATION_FILTER,
    DISPATCH_CONFIG,
    OPTION_GROUPS,
    RICH_TEXT,
    SLACK_FILE,
    URL,
    options,
    plain,
    text,
)

_DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
_TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
_IDS = array(string(255), most=1000)

_COMMON: Mapping[str, Rule] = {
    "action_id": ACTION_ID,
    "confirm": CONFIRM,
    "focus_on_load": boolean,
    "placeholder": plain(150),
}
_MULTI: Mapping[str, Rule] = {**_COMMON, "max_selected_items": integer(1)}

BUTTON = record(
    {"text": plain(75)},
    {
        "action_id": ACTION_ID,
        "value": string(2000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)


def _either_options(value: dict[str, object]) -> bool:
    return ("options" in value) != ("option_groups" in value)


def _initial_is_offered(value: dict[str, object]) -> bool:
    chosen = value.get("initial_options") or [value.get("initial_option")]
    offered = _values(value)
    return all(
        not isinstance(item, dict) or item.get("value") in offered
        for item in (chosen if isinstance(chosen, list) else [])
    )


def _values(value: dict[str, object]) -> set[object]:
    groups = value.get("option_groups")
    pools = [value.get("options")]
    if isinstance(groups, list):
        pools += [group.get("options") for group in groups if isinstance(group, dict)]
    return {
        item.get("value")
        for pool in pools
        if isinstance(pool, list)
        for item in pool
        if isinstance(item, dict)
    }


_OFFERED = when(_initial_is_offered, "initial option was not found in the list of options")


def _static(initial: str, common: Mapping[str, Rule]) -> Rule:
    extra = {
        **common,
        "options": options(plain(75), most=100),
        "option_groups": OPTION_GROUPS,
        initial: anything,
    }
    either = when(_either_options, "must provide exactly one of options and option_groups")
    return also(record({}, extra), either, _OFFERED)


def _external(initial: str, common: Mapping[str, Rule]) -> Rule:
    return record({}, {**common, initial: anything, "min_query_length": integer(0)})


_RESPONSE_URL: Mapping[str, Rule] = {"response_url_enabled": boolean}
_CONVERSATIONS: Mapping[str, Rule] = {
    "default_to_current_conversation": boolean,
    "filter": CONVERSATION_FILTER,
}

MENUS: Mapping[str, Rule] = {
    "static_select": _static("initial_option", _COMMON),
    "multi_static_select": _static("initial_options", _MULTI),
    "external_select": _external("initial_option", _COMMON),
    "multi_external_select": _external("initial_options", _MULTI),
    "users_select": record({}, {**_COMMON, "initial_user": string(255)}),
    "multi_users_select": record({}, {**_MULTI, "initial_users": _IDS}),
    "channels_select": record({}, {**_COMMON, **_RESPONSE_URL, "initial_channel": string(255)}),
    "multi_channels_select": record({}, {**_MULTI, "initial_channels": _IDS}),
    "conversations_select": record(
        {}, {**_COMMON, **_RESPONSE_URL, **_CONVERSATIONS, "initial_conversation": string(255)}
    ),
    "multi_conversations_select": record(
        {}, {**_MULTI, **_CONVERSATIONS, "initial_conversations": _IDS}
    ),
}

_CHOICE: Mapping[str, Rule] = {
    "action_id": ACTION_ID,
    "confirm": CONFIRM,
    "focus_on_load": boolean,
}

CHOICES: Mapping[str, Rule] = {
    "radio_buttons": also(
        record({"options": options(text(75), most=10)}, {**_CHOICE, "initial_option": anything}),
        _OFFERED,
    ),
    "checkboxes": also(
        record({"options": options(text(75), most=10)}, {**_CHOICE, "initial_options": anything}),
        _OFFERED,
    ),
}

PICKERS: Mapping[str, Rule] = {
    "datepicker": record({}, {**_COMMON, "initial_date": _DATE}),
    "timepicker": record({}, {**_COMMON, "initial_time": _TIME, "timezone": string(100)}),
}

DATETIME = record({}, {**_COMMON, "initial_date_time": integer(1_000_000_000, 9_999_999_999)})

OVERFLOW = record(
    {"options": options(plain(75), most=5, with_url=True)},
    {"action_id": ACTION_ID, "confirm": CONFIRM},
)

_TYPED: Mapping[str, Rule] = {
    "action_id": ACTION_ID,
    "placeholder": plain(150),
    "focus_on_load": boolean,
    "dispatch_action_config": DISPATCH_CONFIG,
    "initial_value": string(3000, shortest=0),
}


def _ordered(value: dict[str, object]) -> bool:
    low, high = value.get("min_length"), value.get("max_length")
    return not (isinstance(low, int) and isinstance(high, int)) or low <= high


INPUTS: Mapping[str, Rule] = {
    "plain_text_input": also(
        record(
            {},
            {
                **_TYPED,
                "multiline": boolean,
                "min_length": integer(0, 3000),
                "max_length": integer(1, 3000),
            },
        ),
        when(_ordered, "must be more than or equal to min_length", "max_length"),
    ),
    "email_text_input": record({}, _TYPED),
    "url_text_input": record({}, _TYPED),
    "number_input": record(
        {"is_decimal_allowed": boolean},
        {**_TYPED, "min_value": string(100), "max_value": string(100)},
    ),
    "rich_text_input": record({}, {**_TYPED, "initial_value": RICH_TEXT}),
    "file_input": record(
        {},
        {
            "action_id": ACTION_ID,
            "filetypes": array(string(50), most=100),
            "max_files": integer(1, 10),
        },
    ),
}

IMAGE = also(
    record({"alt_text": string(2000)}, {"image_url": URL, "slack_file": SLACK_FILE}),
    when(
        lambda value: ("image_url" in value) != ("slack_file" in value),
        "missing required field: image_url",
    ),
)

_FEEDBACK = record({"text": plain(75), "value": string(2000)}, {"accessibility_label": string(75)})

FEEDBACK: Mapping[str, Rule] = {
    "feedback_buttons": record(
        {"positive_button": _FEEDBACK, "negative_button": _FEEDBACK}, {"action_id": ACTION_ID}
    ),
    "icon_button": record(
        {"icon": one_of("trash"), "text": plain(75)},
        {
            "action_id": ACTION_ID,
            "value": string(2000),
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": _IDS,
        },
    ),
}

ACTION_ELEMENTS: Mapping[str, Rule] = {
    "button": BUTTON,
    "overflow": OVERFLOW,
    "datetimepicker": DATETIME,
    "workflow_button": record(
        {"text": plain(75), "workflow": anything},
        {
            "action_id": ACTION_ID,
            "style": one_of("primary", "danger"),
            "accessibility_label": string(75),
        },
    ),
    **MENUS,
    **CHOICES,
    **PICKERS,
}

ACCESSORIES: Mapping[str, Rule] = {
    **{name: rule for name, rule in ACTION_ELEMENTS.items() if name != "datetimepicker"},
    "image": IMAGE,
}

INPUT_ELEMENTS: Mapping[str, Rule] = {
    **INPUTS,
    **MENUS,
    **CHOICES,
    **PICKERS,
    "datetimepicker": DATETIME,
}
