"""The few Block Kit pieces we use, each cut to its limit.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.core.incidents.incident import State
from bot.language.errors import Unsure
from bot.slack.ids import Action, action_id, value
from bot.slack.text import Writer, calling_nobody, cut

Block = dict[str, Any]

MAX_BLOCKS = 50
MAX_SECTION = 3000
# All blocks of a message together; Slack refuses somewhat above 13,000 characters.
MAX_MESSAGE = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SlackMessage:
    """`text` is what notifications and screen readers say; `blocks` is what is seen."""

    text: str
    blocks: tuple[Block, ...]


def message(text: str, blocks: Iterable[Block]) -> SlackMessage:
    """Fit the blocks into one message; what does not fit is left out, the last block kept. Slack
    refuses a section without words, so one that had nothing to say is left out too."""
    kept: list[Block] = []
    size = 0
    for block in (block for block in blocks if not _silent(block)):
        size += _size(block)
        # Slack refuses the whole message for one block too many; this says that some is missing.
        if len(kept) >= MAX_BLOCKS - 1 or size > MAX_MESSAGE:
            kept.append(context("_More than fits here was left out._"))
            break
        kept.append(block)
    return SlackMessage(text=cut(calling_nobody(text), 1000), blocks=tuple(kept))


def _silent(block: Block) -> bool:
    return bool(block["type"] == "section" and block.get("text", {}).get("text") == "")


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    if isinstance(value, dict):
        return sum(_size(item) for key, item in value.items() if key != "type")
    return sum(_size(item) for item in value) if isinstance(value, list | tuple) else 0


def mrkdwn(text: str, limit: int = MAX_SECTION) -> Block:
    """Verbatim: what is not written as a link is none, whoever wrote it."""
    return {"type": "mrkdwn", "text": cut(text, limit), "verbatim": True}


def plain(text: str, limit: int = 75) -> Block:
    return {"type": "plain_text", "text": cut(text, limit), "emoji": True}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if accessory:
        block["accessory"] = accessory
    return block


def lines(*texts: str) -> Block:
    """A section of several lines; empty ones are dropped."""
    return section("\n".join(text for text in texts if text))


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text, 2000) for text in texts[:10] if text]}


def divider() -> Block:
    return {"type": "divider"}


def button(
    label: str,
    action: Action,
    value: str,
    *,
    word: str = "",
    style: str = "",
    confirm: Block | None = None,
) -> Block:
    block: Block = {
        "type": "button",
        "text": plain(label),
        "action_id": action_id(action, word),
        "value": cut(value, 2000),
    }
    if style:
        block["style"] = style
    if confirm:
        block["confirm"] = confirm
    return block


def confirm(title: str, text: str, yes: str) -> Block:
    return {
        "title": plain(title, 100),
        "text": mrkdwn(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain("Cancel", 30),
    }


def actions(elements: Sequence[Block], block_id: str) -> Block:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)[:25]}


def option(label: str, value: str, description: str = "") -> Block:
    block: Block = {"text": plain(label), "value": cut(value, 150)}
    if description:
        block["description"] = plain(description)
    return block


def overflow(action: Action, options: Sequence[Block], word: str = "") -> Block:
    return {
        "type": "overflow",
        "action_id": action_id(action, word),
        "options": list(options)[:5],
    }


def checkboxes(action: Action, options: Sequence[Block], word: str = "") -> Block:
    return {
        "type": "checkboxes",
        "action_id": action_id(action, word),
        "options": list(options)[:10],
    }


def select(action: str, placeholder: str, options: Sequence[Block]) -> Block:
    return {
        "type": "static_select",
        "action_id": action,
        "placeholder": plain(placeholder, 150),
        "options": list(options)[:100],
    }


def text_input(
    action: str,
    *,
    multiline: bool = False,
    placeholder: str = "",
    longest: int = 0,
    initial: str = "",
) -> Block:
    """`longest` is how many characters are kept; Slack takes no more then."""
    block: Block = {"type": "plain_text_input", "action_id": action, "multiline": multiline}
    if longest:
        block["max_length"] = longest
    if placeholder:
        block["placeholder"] = plain(placeholder, 150)
    if initial:
        block["initial_value"] = initial[: longest or None]
    return block


def field(
    block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = ""
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 2000),
        "element": element,
        "optional": optional,
    }
    if hint:
        block["hint"] = plain(hint, 2000)
    return block


def modal(
    callback: str, title: str, blocks: Sequence[Block], *, submit: str = "", private: str = ""
) -> Block:
    view: Block = {
        "type": "modal",
        "callback_id": callback,
        "title": plain(title, 24),
        "close": plain("Close" if not submit else "Cancel", 24),
        "blocks": list(blocks)[:100],
        "private_metadata": private,
    }
    if submit:
        view["submit"] = plain(submit, 24)
    return view


def stands_in(people: Sequence[str], writer: Writer) -> str:
    """To whom a message goes in place of somebody else: for whom."""
    return f"🤝 You are asked for {writer.people(people)}, whom you stand in for."


def question(unsure: Unsure, writer: Writer) -> SlackMessage:
    """The question with the one button that goes on."""
    text = writer.say(str(unsure))
    carried = value(unsure.deed, unsure.number, unsure.mark, unsure.words)
    row = [button(unsure.label, Action.ALL_THE_SAME, carried)]
    return message(writer.plain(str(unsure)), [section(text), actions(row, "sure")])


SYMBOL = {
    State.OPEN: "🔴",
    State.ACKNOWLEDGED: "🟠",
    State.HANDED_OVER: "🟣",
    State.VERIFYING: "🔵",
    State.RESOLVED: "🟢",
    State.REVIEWED: "🟢",
    State.MERGED: "⚪",
}


WORD = {
    State.OPEN: "open, nobody has it",
    State.ACKNOWLEDGED: "acknowledged",
    State.HANDED_OVER: "handed over",
    State.VERIFYING: "runs again, data to be confirmed",
    State.RESOLVED: "resolved",
    State.REVIEWED: "resolved and reviewed",
    State.MERGED: "merged",
}
