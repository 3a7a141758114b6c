"""What Slack does to message text: linking, emoji names, mentions, plain rendering. Pure."""

import re
from collections.abc import Iterable, Iterator
from itertools import count

from slack_standin.state.refusal import Json
from slack_standin.state.view_state import children_key

_URL = re.compile(r"(?<![<|\w])(https?://[^\s<>|]+)")
_TOKEN = re.compile(r"<([^<>]+)>")
_MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
_BROADCAST = re.compile(r"<!(here|channel|everyone)(?:\|[^>]*)?>")
_SUBTEAM = re.compile(r"<!subteam\^(S[A-Z0-9]+)(?:\|[^>]*)?>")

_EMOJI = {
    "✅": "white_check_mark", "❌": "x", "⚠️": "warning", "🔥": "fire", "👀": "eyes",
    "🚨": "rotating_light", "🟢": "large_green_circle", "🔴": "red_circle",
    "🟡": "large_yellow_circle", "🟠": "large_orange_circle", "⏰": "alarm_clock",
    "🔧": "wrench", "📌": "pushpin", "👍": "+1", "🎉": "tada", "ℹ️": "information_source",
    "🔔": "bell", "📈": "chart_with_upwards_trend", "⏳": "hourglass_flowing_sand",
}  # fmt: skip


def stored_text(text: str) -> str:
    """Text as Slack keeps it: bare URLs in angle brackets, emoji as names, stray `&` escaped."""
    for symbol, name in _EMOJI.items():
        text = text.replace(symbol, f":{name}:")
    text = re.sub(r"&(?!amp;|lt;|gt;)", "&amp;", text)
    return _URL.sub(r"<\1>", text)


def typed_text(text: str) -> str:
    """Text a member typed: like `stored_text`, but `<` and `>` count only around mentions."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    for opened in (
        r"@[UW][A-Z0-9]+",
        r"#[CG][A-Z0-9]+(?:\|[^&|]*)?",
        r"!(?:here|channel|everyone)",
    ):
        escaped = re.sub(rf"&lt;({opened})&gt;", r"<\1>", escaped)
    return stored_text(escaped)


def mentioned_users(text: str) -> set[str]:
    return set(_MENTION.findall(text))


def mentioned_groups(text: str) -> set[str]:
    return set(_SUBTEAM.findall(text))


def has_broadcast(text: str) -> bool:
    return _BROADCAST.search(text) is not None


def split_text(text: str) -> list[str]:
    """Cut at 40,000 characters; above 4,040 break into messages of 4,000."""
    text = text[:40_000]
    if len(text) <= 4040:
        return [text]
    return [text[i : i + 4000] for i in range(0, len(text), 4000)]


def rich_text_of(text: str) -> list[Json]:
    """The `rich_text` block Slack adds to what a member typed."""
    elements: list[Json] = []
    position = 0
    for match in _TOKEN.finditer(text):
        _add_text(elements, text[position : match.start()])
        elements.append(_rich_token(match.group(1)))
        position = match.end()
    _add_text(elements, text[position:])
    section = {"type": "rich_text_section", "elements": elements}
    return [{"type": "rich_text", "block_id": "rich0", "elements": [section]}]


def _add_text(elements: list[Json], text: str) -> None:
    if text:
        elements.append({"type": "text", "text": unescape(text)})


def _rich_token(token: str) -> Json:
    if token.startswith("@"):
        return {"type": "user", "user_id": token[1:].partition("|")[0]}
    if token.startswith("#"):
        return {"type": "channel", "channel_id": token[1:].partition("|")[0]}
    if token.startswith("!"):
        return {"type": "broadcast", "range": token[1:].partition("|")[0]}
    url, _, label = token.partition("|")
    return {"type": "link", "url": url, **({"text": label} if label else {})}


def unescape(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


_OPERATED = frozenset(
    {
        "button",
        "checkboxes",
        "datepicker",
        "datetimepicker",
        "feedback_buttons",
        "icon_button",
        "overflow",
        "radio_buttons",
        "timepicker",
        "workflow_button",
    }
)


def fill_block_ids(blocks: Iterable[Json], seed: str) -> list[Json]:
    """Give every block without a `block_id` (and element without `action_id`) a generated one."""
    return _filled(blocks, count(1), seed.replace(".", "")[-6:])


def _filled(blocks: Iterable[Json], numbers: Iterator[int], seed: str) -> list[Json]:
    def fresh() -> str:
        return f"{seed}{next(numbers):02d}"

    def element(item: Json) -> Json:
        kind = str(item.get("type", ""))
        if kind in _OPERATED or kind.endswith(("_select", "_input")):
            return {**item, "action_id": item.get("action_id") or fresh()}
        return item

    filled = []
    for block in blocks:
        copy = {**block, "block_id": block.get("block_id") or fresh()}
        children = children_key(block)
        if children is not None:
            copy[children] = _filled(block[children], numbers, seed)
        for key in ("accessory", "element"):
            if isinstance(copy.get(key), dict):
                copy[key] = element(copy[key])
        for key in ("elements", "actions"):
            if copy["type"] in ("actions", "context_actions", "card") and key in copy:
                copy[key] = [element(item) for item in copy[key]]
        filled.append(copy)
    return filled
