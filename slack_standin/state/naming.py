"""Names members type: `@bob` and `#orders` become the mentions that Slack makes of them."""

import re

from slack_standin.state.workspace import Workspace

_NAME = re.compile(r"(?<![\w<@#])([@#])([\w.-]*\w)")
_MENTION = re.compile(r"<([@#])([A-Z0-9]+)(?:\|[^>]*)?>")


def with_mentions(ws: Workspace, text: str) -> str:
    """Turn names of members and channels into `<@U…>` and `<#C…|name>`; others stay as typed."""

    def mention(match: re.Match[str]) -> str:
        sign, name = match.groups()
        if sign == "@":
            user = ws.user_named(name)
            return f"<@{user.id}>" if user is not None else match.group()
        channel = ws.channel_named(name)
        return f"<#{channel.id}|{channel.name}>" if channel is not None else match.group()

    return _NAME.sub(mention, text)


def command_text(ws: Workspace, text: str, *, escape: bool) -> str:
    """The text of a slash command: ids with names if the command asks for escaping, else names."""

    def named(match: re.Match[str]) -> str:
        sign, key = match.groups()
        known = ws.users.get(key) if sign == "@" else ws.channels.get(key)
        if known is None:
            return match.group()
        return f"<{sign}{key}|{known.name}>" if escape else f"{sign}{known.name}"

    return _MENTION.sub(named, with_mentions(ws, text) if escape else text)
