"""Block Kit pieces for the browser UI's tests: text objects, options, and an incident's message."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

ALICE, BOB = "U0ALICE", "U0BOB"


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def button(action_id: str, label: str, *, style: str | None = None, **extra: Any) -> Json:
    look = {"style": style} if style else {}
    words = {"action_id": action_id, "text": plain(label), "value": action_id}
    return {"type": "button", **words, **look, **extra}


def option(value: str, label: str, note: str | None = None) -> Json:
    return {"text": plain(label), "value": value, **({"description": plain(note)} if note else {})}


LANES = [
    option("vendor", "Connector vendor", "maker of the connector"),
    option("publisher", "ERP publisher"),
    option("it", "Internal IT / partner"),
]


def incident_blocks(at: int, *, acknowledged_by: str | None = None) -> list[Json]:
    clock = f"<!date^{at}^{{date_short_pretty}} {{time}}|{at}>"
    state = f"Acknowledged by <@{acknowledged_by}>" if acknowledged_by else f"Waiting for <@{BOB}>"
    return [
        {"type": "header", "block_id": "head", "text": plain(":red_circle: Web shop → ERP orders")},
        {
            "type": "section",
            "block_id": "facts",
            "fields": [
                mrkdwn(f"*Failing since*\n{clock}"),
                mrkdwn(f"*Who has it*\n{state}"),
                mrkdwn("*Last good run*\n214 orders, `HTTP 200`"),
                mrkdwn("*Next step*\nTriage step 1 of 5"),
            ],
            "accessory": {
                "type": "overflow",
                "action_id": "more",
                "options": [option("snooze", "Remind me in 15 minutes"), option("mute", "Mute")],
            },
        },
        {
            "type": "rich_text",
            "block_id": "evidence",
            "elements": [
                {
                    "type": "rich_text_preformatted",
                    "elements": [
                        {"type": "text", "text": "401 Unauthorized\ntoken expired <at> 03:00"}
                    ],
                },
            ],
        },
        {
            "type": "actions",
            "block_id": "buttons",
            "elements": [
                button("ack", "Acknowledge", style="primary"),
                button("handover", "Hand over…"),
                {
                    "type": "static_select",
                    "action_id": "lane",
                    "placeholder": plain("Whose lane is it?"),
                    "options": LANES,
                },
                button(
                    "resolve",
                    "Resolve",
                    style="danger",
                    confirm={
                        "title": plain("Resolve incident?"),
                        "text": mrkdwn("The *functional owner* has not confirmed the data."),
                        "confirm": plain("Resolve anyway"),
                        "deny": plain("Not yet"),
                        "style": "danger",
                    },
                ),
            ],
        },
        {
            "type": "context",
            "block_id": "foot",
            "elements": [mrkdwn(f":alarm_clock: If nobody answers by {clock}, <@{ALICE}> is next")],
        },
    ]
