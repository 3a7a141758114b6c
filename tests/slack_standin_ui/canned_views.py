"""Modals for the browser UI's tests: a form with many inputs, and a view pushed on top of it."""

from __future__ import annotations

from typing import Any

from tests.slack_standin_ui.canned_blocks import LANES, mrkdwn, option, plain

Json = dict[str, Any]


def input_block(block_id: str, label: str, element: Json, **extra: Any) -> Json:
    control = {"action_id": "value", **element}
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label),
        "element": control,
        **extra,
    }


def declare_modal() -> Json:
    connections = [option(f"c{n}", f"Connection {n}") for n in range(1, 31)]
    blocks = [
        {
            "type": "section",
            "block_id": "intro",
            "text": mrkdwn("Opens a channel and pings the *first responder*."),
        },
        input_block(
            "title",
            "What is broken?",
            {"type": "plain_text_input", "min_length": 5, "placeholder": plain("One sentence")},
        ),
        input_block(
            "connection",
            "Connection",
            {
                "type": "static_select",
                "options": connections,
                "placeholder": plain("Choose a connection"),
            },
        ),
        input_block("lane", "Lane", {"type": "radio_buttons", "options": LANES}, optional=True),
        input_block(
            "who",
            "Also tell",
            {"type": "multi_users_select", "placeholder": plain("People")},
            optional=True,
        ),
        input_block(
            "order",
            "Order",
            {
                "type": "external_select",
                "min_query_length": 1,
                "placeholder": plain("Find an order"),
            },
            optional=True,
        ),
        input_block(
            "when",
            "Since when?",
            {"type": "datepicker", "initial_date": "2026-03-04"},
            optional=True,
        ),
        input_block(
            "details",
            "Details",
            {"type": "plain_text_input", "multiline": True},
            optional=True,
            hint=plain("No customer data, please"),
        ),
        input_block(
            "checks",
            "Already tried",
            {
                "type": "checkboxes",
                "options": [
                    option("restart", "Restarted the job"),
                    option("creds", "Checked the credentials"),
                ],
            },
            optional=True,
        ),
    ]
    return {
        "id": "V0DECLARE",
        "type": "modal",
        "callback_id": "declare",
        "hash": "1",
        "root_view_id": "V0DECLARE",
        "previous_view_id": None,
        "title": plain("Declare incident"),
        "submit": plain("Declare"),
        "close": plain("Cancel"),
        "blocks": blocks,
    }


def pushed_modal() -> Json:
    return {
        **declare_modal(),
        "id": "V0MORE",
        "previous_view_id": "V0DECLARE",
        "title": plain("Who will be pinged"),
        "submit": None,
        "blocks": [
            {"type": "section", "block_id": "s", "text": mrkdwn("<@U0BOB>, then <@U0ALICE>")}
        ],
    }
