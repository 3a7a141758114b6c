"""A small canned workspace for the browser UI's tests, shaped as Slack shapes it.

Only data, built afresh for every server, so that a test may change it.
"""

from __future__ import annotations

import time
from typing import Any

from tests.slack_standin_ui.canned_blocks import ALICE, BOB, button, incident_blocks, mrkdwn, plain

Json = dict[str, Any]

CHARLIE, BOT = "U0CHARLIE", "U0FIRSTLANE"
GENERAL, ALERTS, INCIDENT, HELP, FINANCE = "C0GENERAL", "C0ALERTS", "C0INC7", "C0HELP", "C0FINANCE"
DM_BOB, DM_APP = "D0BOB", "D0APP"
APP = "A0FIRSTLANE"


def member(user_id: str, name: str, title: str, *, colour: str, is_bot: bool = False) -> Json:
    return {
        "id": user_id,
        "name": name.lower().replace(" ", "-"),
        "real_name": name,
        "profile": {
            "display_name": name,
            "title": title,
            "email": f"{name.lower().replace(' ', '.')}@example.com",
            "image_color": colour,
        },
        "is_bot": is_bot,
        "deleted": False,
        "tz": "Europe/Amsterdam",
        "tz_label": "Central European Time",
    }


def members() -> list[Json]:
    return [
        member(ALICE, "Alice", "Integration owner", colour="2f7d5b"),
        member(BOB, "Bob", "First responder, web shop orders", colour="3567a8"),
        member(CHARLIE, "Charlie", "Sales", colour="a9741b"),
        member("U0ERPADMIN", "ERP admin", "Runs the ERP", colour="7a4aa5"),
        member("U0FINANCE", "Finance lead", "Functional owner, payments", colour="a83f73"),
        member(BOT, "Firstlane", "", colour="1f6f54", is_bot=True),
    ]


def channel(channel_id: str, name: str, topic: str = "", **extra: Any) -> Json:
    return {
        "id": channel_id,
        "name": name,
        "is_private": False,
        "is_im": False,
        "is_mpim": False,
        "topic": {"value": topic},
        "purpose": {"value": ""},
        "members": [ALICE, BOB, "U0ERPADMIN", "U0FINANCE", BOT],
        "is_member": True,
        "is_archived": False,
        "unread_count": 0,
        "mention_count": 0,
        "last_read": "0",
        "latest_ts": "0",
        "bookmarks": [],
        "pins": [],
        **extra,
    }


def dm(channel_id: str, partner: str, **extra: Any) -> Json:
    pair = {"is_im": True, "user": partner, "members": [ALICE, partner], **extra}
    return channel(channel_id, "", **pair)


def stamp(seconds_ago: float, now: float, index: int = 0) -> str:
    return f"{now - seconds_ago:.0f}.{index:06d}"


def incident_messages(now: float) -> list[Json]:
    opened = stamp(1500, now, 1)
    return [
        message(
            stamp(1510, now), BOT, f"<@{BOT}> joined #inc-7-shop-orders", subtype="channel_join"
        ),
        message(
            opened,
            BOT,
            "Web shop → ERP orders is failing",
            blocks=incident_blocks(int(now) - 1560),
            bot_id="B0APP",
        ),
        message(
            stamp(1300, now, 2),
            BOB,
            "Looking at it. The token rotation job ran at *03:00*, see `rotate.log`",
        ),
        message(
            stamp(1290, now, 3),
            BOB,
            "> token expired\nNot the ERP then :eyes: <@U0ALICE> can you check the secret?",
        ),
        message(
            stamp(1200, now, 4),
            ALICE,
            "On it. Runbook: <https://example.com/runbooks/token|token rotation>",
            reply_count=2,
            reply_users=[BOB, ALICE],
            latest_reply=stamp(900, now, 6),
            reactions=[
                {"name": "white_check_mark", "users": [BOB], "count": 1},
                {"name": "eyes", "users": [ALICE, BOB], "count": 2},
            ],
        ),
        message(
            stamp(1000, now, 5), BOB, "New secret is in the vault", thread_ts=stamp(1200, now, 4)
        ),
        message(stamp(900, now, 6), ALICE, "Confirmed :tada:", thread_ts=stamp(1200, now, 4)),
        message(
            stamp(300, now, 7),
            BOT,
            "",
            bot_id="B0APP",
            attachments=[
                {
                    "color": "#2f9e63",
                    "blocks": [
                        {
                            "type": "section",
                            "block_id": "att1",
                            "text": mrkdwn(
                                ":large_green_circle: *First run succeeded*: 37 orders, 0 rejected"
                            ),
                        },
                        {
                            "type": "context",
                            "block_id": "att2",
                            "elements": [mrkdwn("2 more good runs close this incident")],
                        },
                    ],
                }
            ],
        ),
        message(
            stamp(240, now, 8),
            BOB,
            "Good. I watch the next two runs.",
            edited={"user": BOB, "ts": stamp(200, now)},
        ),
    ]


def message(ts: str, user: str, text: str, **extra: Any) -> Json:
    return {"type": "message", "ts": ts, "user": user, "text": text, **extra}


def messages(now: float) -> dict[str, list[Json]]:
    day = 86_400
    return {
        GENERAL: [
            message(
                stamp(day + 4000, now, 1),
                ALICE,
                "Morning all. ERP upgrade window is Saturday 22:00.",
            ),
            message(
                stamp(day + 3900, now, 2),
                "U0ERPADMIN",
                "Confirmed: connections pause at 21:45, back by 23:30.",
            ),
            message(
                stamp(7200, now, 3),
                "U0FINANCE",
                "Payment run went out on time :moneybag: thanks <@U0BOB>",
            ),
            message(
                stamp(7100, now, 4),
                BOB,
                "Nice. Try `/conn status` if you want to see all connections at once.",
            ),
        ],
        INCIDENT: incident_messages(now),
        ALERTS: [
            message(
                stamp(600, now, 1),
                BOT,
                ":warning: Bank statements are 20 minutes late",
                bot_id="B0APP",
            )
        ],
        HELP: [message(stamp(500, now, 1), "U0ERPADMIN", f"<@{ALICE}> who owns the AP feed?")],
        FINANCE: [message(stamp(day * 9, now, 1), "U0FINANCE", "Month-end checklist")],
        DM_BOB: [message(stamp(400, now, 1), BOB, "Got a minute?")],
        DM_APP: [
            message(
                stamp(1400, now, 1),
                BOT,
                "Bob has *Web shop → ERP orders*. You are next on the ladder.",
                bot_id="B0APP",
            )
        ],
    }


def channels(now: float) -> list[Json]:
    return [
        channel(
            GENERAL,
            "general",
            "Company-wide announcements",
            last_read=stamp(7150, now),
            unread_count=1,
        ),
        channel(
            INCIDENT,
            "inc-7-shop-orders",
            "Failing · Bob has it · next update 15:30",
            bookmarks=[
                {
                    "id": "Bk1",
                    "title": "Runbook",
                    "link": "https://example.com/runbook",
                    "emoji": ":books:",
                },
                {
                    "id": "Bk2",
                    "title": "Vendor portal",
                    "link": "https://example.com/portal",
                    "emoji": "",
                },
            ],
            pins=[stamp(1500, now, 1)],
            last_read=stamp(1, now),
        ),
        channel(ALERTS, "erp-alerts", unread_count=1, last_read="0"),
        channel(HELP, "integrations-help", "Ask who owns what", unread_count=3, mention_count=1),
        channel(FINANCE, "finance-close", is_private=True, members=[ALICE, "U0FINANCE"]),
        dm(DM_BOB, BOB, unread_count=1, mention_count=1),
        dm("D0SELF", ALICE),
        dm("D0ERP", "U0ERPADMIN"),
        dm(DM_APP, BOT),
    ]


def home_view() -> Json:
    rows = [
        ("large_green_circle", "ERP → Bank payments", "ok, 12 files today"),
        ("red_circle", "Web shop → ERP orders", "failing, <@U0BOB> has it"),
        ("white_circle", "AP automation → ERP", "unknown: the probe cannot reach it"),
    ]
    sections = [
        {
            "type": "section",
            "block_id": f"row{index}",
            "text": mrkdwn(f":{sign}: *{name}*\n{words}"),
            "accessory": button(f"open-{index}", "Open"),
        }
        for index, (sign, name, words) in enumerate(rows)
    ]
    actions = {
        "type": "actions",
        "block_id": "top",
        "elements": [
            button("declare", "Declare incident", style="primary"),
            button("refresh", "Refresh"),
        ],
    }
    head = {"type": "header", "block_id": "h", "text": plain("Your connections")}
    return {
        "id": "V0HOME",
        "type": "home",
        "hash": "1",
        "blocks": [head, actions, {"type": "divider", "block_id": "d"}, *sections],
    }


def workspace() -> Json:
    now = time.time()
    return {
        "team": {"id": "T0TEAM", "name": "Northwind Retail", "domain": "northwind"},
        "users": members(),
        "channels": channels(now),
        "names": {"C0ELSEWHERE": "inc-3-payroll"},
        "messages": messages(now),
        "apps": [
            {
                "id": APP,
                "name": "Firstlane",
                "bot_user_id": BOT,
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
            }
        ],
        "commands": [
            {
                "command": "/conn",
                "description": "Connections, incidents and who owns them",
                "usage_hint": "[status | who | declare]",
                "app_id": APP,
            }
        ],
        "shortcuts": [
            {
                "name": "Declare incident",
                "type": "global",
                "callback_id": "declare",
                "description": "Open an incident by hand",
                "app_id": APP,
            },
            {
                "name": "Add to incident timeline",
                "type": "message",
                "callback_id": "timeline",
                "description": "",
                "app_id": APP,
            },
        ],
        "homes": {APP: home_view()},
    }
