"""What a person reads: the text of blocks in reading order, mentions and links resolved. Pure."""

import re
from collections.abc import Iterable

from slack_standin.state.refusal import Json
from slack_standin.state.text import unescape
from slack_standin.state.view_state import elements_of, flat
from slack_standin.state.workspace import Workspace

_TOKEN = re.compile(r"<([^<>\n]+)>")
_STYLES = tuple(
    (mark, re.compile(rf"(?<![\w\{mark}])\{mark}(?=\S)([^\n]*?\S)\{mark}(?![\w\{mark}])"))
    for mark in "*_~`"
)


def message_text(ws: Workspace, body: Json) -> str:
    """All visible text of a message: its blocks, or its text when there are none."""
    parts = [blocks_text(ws, body["blocks"]) if body.get("blocks") else mrkdwn(ws, body["text"])]
    for attachment in body.get("attachments") or ():
        parts += [mrkdwn(ws, str(attachment.get(k, ""))) for k in ("pretext", "title", "text")]
        parts.append(blocks_text(ws, attachment.get("blocks") or ()))
    parts += [str(file.get("title", "")) for file in body.get("files") or ()]
    return "\n".join(part for part in parts if part)


def blocks_text(ws: Workspace, blocks: Iterable[Json]) -> str:
    return "\n".join(filter(None, (_visit(ws, block) for block in blocks)))


def mrkdwn(ws: Workspace, text: str) -> str:
    """Message markup as it reads: names for mentions, labels for links, no style marks."""
    plain = _TOKEN.sub(lambda match: _token(ws, match.group(1)), text) if "<" in text else text
    for mark, style in _STYLES:
        if mark in plain:
            plain = style.sub(r"\1", plain)
    return unescape(plain)


def _token(ws: Workspace, token: str) -> str:
    head, _, label = token.partition("|")
    if head.startswith("@"):
        user = ws.users.get(head[1:])
        return f"@{user.display_name or user.name}" if user is not None else head
    if head.startswith("#"):
        channel = ws.channels.get(head[1:])
        return f"#{channel.name}" if channel is not None else f"#{label}"
    if head.startswith("!date"):
        return label
    if head.startswith("!subteam"):
        group = ws.usergroups.get(head.partition("^")[2])
        return f"@{group.handle}" if group is not None else label
    if head.startswith("!"):
        return f"@{head[1:]}"
    return label or head


_ORDER = (
    "title", "rich_text_title", "header", "subtitle", "label", "text", "fields", "body", "hint",
    "caption", "rows", "child_blocks", "tasks", "details", "output", "element", "elements",
    "accessory", "placeholder", "options", "option_groups", "actions", "alt_text",
    "positive_button", "negative_button", "button", "value_label",
)  # fmt: skip


def _visit(ws: Workspace, item: object) -> str:
    if isinstance(item, list):
        return " ".join(filter(None, (_visit(ws, each) for each in item)))
    if not isinstance(item, dict):
        return ""
    kind = item.get("type")
    if kind in ("plain_text", "raw_text", "text"):
        return str(item.get("text", ""))
    if kind in ("mrkdwn", "markdown"):
        return mrkdwn(ws, str(item["text"]))
    if str(kind).startswith("rich_text") and "elements" in item:
        joiner = "" if kind == "rich_text_section" else "\n"
        return joiner.join(_visit(ws, each) for each in item["elements"])
    if kind in ("user", "channel", "broadcast", "emoji", "link", "usergroup", "date"):
        return _rich(ws, item)
    if kind == "raw_number":
        return str(item.get("text", item.get("value", "")))
    there = filter(None, map(item.get, _ORDER))
    parts = [part if isinstance(part, str) else _visit(ws, part) for part in there]
    joiner = "\n" if kind in ("section", "container", "plan", "card") else " "
    return joiner.join(filter(None, parts))


def _rich(ws: Workspace, item: Json) -> str:
    tokens = {
        "user": f"@{item.get('user_id')}",
        "channel": f"#{item.get('channel_id')}",
        "broadcast": f"!{item.get('range')}",
        "usergroup": f"!subteam^{item.get('usergroup_id')}",
        "link": f"{item.get('url')}|{item.get('text', item.get('url'))}",
        "date": f"!date|{item.get('fallback', '')}",
    }
    kind = str(item["type"])
    return f":{item.get('name')}:" if kind == "emoji" else _token(ws, tokens[kind])


def label_of(element: Json) -> str:
    """The words on an element: a button's text, a menu's placeholder, else its action id."""
    for key in ("text", "placeholder"):
        if isinstance(element.get(key), dict):
            return str(element[key].get("text", ""))
    return str(element.get("action_id", ""))


def controls(blocks: Iterable[Json]) -> list[tuple[Json, Json]]:
    """All (block, element) pairs a person can operate, in reading order."""
    return [(block, element) for block in flat(blocks) for element in elements_of(block)]
