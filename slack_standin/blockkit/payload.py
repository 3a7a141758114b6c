"""Whole payloads: the blocks of a message, a modal or a home tab, with the rules between blocks."""

from collections import Counter
from collections.abc import Iterator, Mapping

from slack_standin.blockkit.blocks import ALL_BLOCKS, EVERYDAY
from slack_standin.blockkit.rules import (
    Problem,
    Rule,
    anything,
    boolean,
    by_type,
    general,
    record,
    string,
)
from slack_standin.blockkit.texts import plain
from slack_standin.state.view_state import elements_of, flat

_MESSAGE = {name: rule for name, rule in ALL_BLOCKS.items() if name != "alert"}
_MODAL = {**EVERYDAY, **{name: ALL_BLOCKS[name] for name in ("alert", "video", "call")}}
_HOME = {**EVERYDAY, **{name: ALL_BLOCKS[name] for name in ("video", "card", "carousel")}}

_SURFACES: Mapping[str, tuple[Mapping[str, Rule], int]] = {
    "message": (_MESSAGE, 50),
    "modal": (_MODAL, 100),
    "home": (_HOME, 100),
}
_MARKDOWN_SUM = 12_000


def check_blocks(blocks: object, *, surface: str, at: str = "/blocks") -> list[Problem]:
    """Everything wrong with the blocks on this surface (`message`, `modal`, `home`)."""
    rules, most = _SURFACES[surface]
    if not isinstance(blocks, list):
        return [Problem("must provide an array", at)]
    problems = []
    if len(blocks) > most:
        problems.append(Problem(f"no more than {most} items allowed", at))
    block = by_type(rules)
    for index, item in enumerate(blocks):
        problems += block(item, f"{at}/{index}")
    if not problems:
        problems += _between(blocks, surface, at)
    return problems


def _between(blocks: list[dict[str, object]], surface: str, at: str) -> Iterator[Problem]:
    seen: set[object] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            yield Problem(f"block_id already exists: {block_id}", f"{at}/{index}/block_id")
        seen.add(block_id)
        for each in flat([block]):
            yield from _actions(each, f"{at}/{index}")
        if surface != "modal" and _element_type(block) == "file_input":
            yield Problem("unsupported type: file_input", f"{at}/{index}/element/type")
    yield from _counts(blocks, at)


def _element_type(block: dict[str, object]) -> object:
    element = block.get("element")
    return element.get("type") if isinstance(element, dict) else None


def _actions(block: dict[str, object], at: str) -> Iterator[Problem]:
    actions = Counter(e["action_id"] for e in elements_of(block) if e.get("action_id"))
    for action_id, times in actions.items():
        if times > 1:
            yield Problem(f"action_id already exists: {action_id}", at)


def _counts(blocks: list[dict[str, object]], at: str) -> Iterator[Problem]:
    kinds = Counter(block["type"] for block in blocks)
    if kinds["table"] + kinds["data_table"] > 1:
        yield Problem("only_one_table_allowed", at)
    if kinds["data_visualization"] > 2:
        yield Problem("no more than 2 items allowed", at)
    markdown = sum(len(str(b["text"])) for b in blocks if b["type"] == "markdown")
    if markdown > _MARKDOWN_SUM:
        yield Problem(f"must be less than {_MARKDOWN_SUM + 1} characters", at)
    focused = sum(bool(e.get("focus_on_load")) for b in flat(blocks) for e in elements_of(b))
    if focused > 1:
        yield Problem("only one element can have focus_on_load", at)


_SHARED: Mapping[str, Rule] = {
    "blocks": anything,
    "private_metadata": string(3000, shortest=0),
    "callback_id": string(255, shortest=0),
    "external_id": string(255, shortest=0),
}
_VIEWS: Mapping[str, Rule] = {
    "modal": record(
        {"title": plain(24), "blocks": anything},
        {
            **_SHARED,
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
    ),
    "home": record({"blocks": anything}, {**_SHARED, "title": anything}),
}


def check_view(view: dict[str, object]) -> list[Problem]:
    """Everything wrong with a modal or a home tab; pointers start below the view."""
    problems = list(general(by_type(_VIEWS))(view, ""))
    kind = str(view.get("type"))
    if kind not in _VIEWS or "blocks" not in view:
        return problems
    blocks = view["blocks"]
    problems += check_blocks(blocks, surface=kind)
    if kind == "modal" and isinstance(blocks, list):
        inputs = any(isinstance(b, dict) and b.get("type") == "input" for b in blocks)
        if inputs and not view.get("submit"):
            problems.append(Problem("missing required field: submit", ""))
        if not blocks:
            problems.append(Problem("must provide at least 1 items", "/blocks"))
    return problems


def weight_of(blocks: object) -> int:
    """Characters of all texts in the blocks, the measure behind `msg_blocks_too_long`."""
    if isinstance(blocks, dict):
        own = len(blocks["text"]) if isinstance(blocks.get("text"), str) else 0
        return own + sum(weight_of(v) for v in blocks.values() if isinstance(v, dict | list))
    return sum(weight_of(item) for item in blocks) if isinstance(blocks, list) else 0
