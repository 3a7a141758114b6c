"""The shipped manifest asks for what the code uses, and for nothing else."""

import re
from pathlib import Path
from typing import Any

import bot.slack
from bot.cli.standin import app_manifest
from bot.slack.ids import Shortcut
from slack_standin.webapi.method_table import method_table

FLOOR = Path(bot.slack.__file__).parent
CODE = "\n".join(path.read_text(encoding="utf-8") for path in FLOOR.rglob("*.py"))
MANIFEST: Any = app_manifest()
SCOPES = set(MANIFEST["oauth_config"]["scopes"]["bot"])
# What each subscribed event and each feature asks for beside the methods.
FEATURES = {"app_mentions:read", "im:history", "commands", "chat:write.public", "users:read.email"}
FEATURES |= {"reactions:read", "groups:history", "groups:read"}


def methods_called() -> set[str]:
    known = set(method_table())
    return known & set(re.findall(r'"([a-z]+(?:\.[a-zA-Z]+)+)"', CODE))


def test_the_manifest_offers_the_command_that_the_code_answers() -> None:
    offered = {item["command"] for item in MANIFEST["features"]["slash_commands"]}

    assert offered == set(re.findall(r'app\.command\("(/\w+)"\)', CODE)) == {"/conn"}


def test_the_manifest_offers_the_shortcuts_that_the_code_answers() -> None:
    offered = {item["callback_id"] for item in MANIFEST["features"]["shortcuts"]}

    assert offered == {shortcut.value for shortcut in Shortcut}


def test_every_event_that_the_code_hears_is_subscribed_to() -> None:
    heard = set(re.findall(r'app\.event\("(\w+)"\)', CODE))
    subscribed = {item.partition(".")[0] for item in _events()}

    assert heard == subscribed


def _events() -> list[str]:
    return list(MANIFEST["settings"]["event_subscriptions"]["bot_events"])


def test_the_scopes_cover_every_method_called() -> None:
    called = methods_called()
    uncovered = {
        method: method_table()[method].scopes
        for method in called
        if method_table()[method].scopes and SCOPES.isdisjoint(method_table()[method].scopes)
    }

    assert "chat.postMessage" in called
    assert uncovered == {}


def test_no_scope_is_asked_for_that_nothing_needs() -> None:
    needed = {scope for method in methods_called() for scope in method_table()[method].scopes}

    assert SCOPES - FEATURES - needed == set()
