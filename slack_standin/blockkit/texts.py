"""Composition objects: texts, options, confirmations."""

from slack_standin.blockkit.rules import (
    Rule,
    also,
    anything,
    array,
    boolean,
    by_type,
    general,
    one_of,
    record,
    string,
    url,
    when,
)


def plain(longest: int) -> Rule:
    """A `plain_text` object."""
    return general(by_type({"plain_text": _plain(longest)}))


def text(longest: int) -> Rule:
    """A `plain_text` or `mrkdwn` object."""
    return general(by_type({"plain_text": _plain(longest), "mrkdwn": _mrkdwn(longest)}))


def _plain(longest: int) -> Rule:
    return record({"text": string(longest)}, {"emoji": boolean})


def _mrkdwn(longest: int) -> Rule:
    return record({"text": string(longest)}, {"verbatim": boolean})


BLOCK_ID = string(255)
ACTION_ID = string(255)
URL = url()

CONFIRM = general(
    record(
        {"title": plain(100), "text": text(300)},
        {"confirm": plain(30), "deny": plain(30), "style": one_of("primary", "danger")},
    )
)


def option(label: Rule, *, with_url: bool = False) -> Rule:
    extra = {"description": text(75), **({"url": URL} if with_url else {})}
    return record({"text": label, "value": string(150)}, extra)


def options(label: Rule, *, most: int, least: int = 1, with_url: bool = False) -> Rule:
    return array(option(label, with_url=with_url), most=most, least=least)


OPTION_GROUPS = array(
    record({"label": plain(75), "options": options(plain(75), most=100)}), most=100, least=1
)

CONVERSATION_FILTER = also(
    record(
        {},
        {
            "include": array(one_of("im", "mpim", "private", "public"), most=4, least=1),
            "exclude_external_shared_channels": boolean,
            "exclude_bot_users": boolean,
        },
    ),
    when(lambda value: bool(value), "must provide at least 1 items"),
)

SLACK_FILE = also(
    record({}, {"id": string(255), "url": URL}),
    when(lambda value: ("id" in value) != ("url" in value), "missing required field: id"),
)

DISPATCH_CONFIG = record(
    {
        "trigger_actions_on": array(
            one_of("on_enter_pressed", "on_character_entered"), most=2, least=1
        )
    }
)

RICH_TEXT_PARTS = array(
    by_type(
        {
            "rich_text_section": record({"elements": array(anything, most=10_000)}),
            "rich_text_list": record(
                {"elements": array(anything, most=10_000), "style": one_of("bullet", "ordered")},
                {"indent": anything, "border": anything, "offset": anything},
            ),
            "rich_text_preformatted": record(
                {"elements": array(anything, most=10_000)},
                {"border": anything, "language": anything},
            ),
            "rich_text_quote": record(
                {"elements": array(anything, most=10_000)}, {"border": anything}
            ),
        }
    ),
    most=1000,
)

RICH_TEXT = record({"elements": RICH_TEXT_PARTS}, {"block_id": BLOCK_ID})
