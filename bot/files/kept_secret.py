"""Which values from outside the estate file are secrets of the whole estate: those that the bot
uses and never shows. What stands under names and other words is there to be shown."""

from collections.abc import Iterator

from bot.files.yaml_nodes import Node
from bot.language.secret import Secret


def kept_secret(root: Node) -> frozenset[Secret]:
    """Those in settings of checks, webhooks, addresses of calendars and ways to reach people."""
    return frozenset(value for node in _used(root) for value in _secrets_in(node))


def _used(root: Node) -> Iterator[Node]:
    yield from (root.get("webhooks"), root.get("self_check"))
    yield from (calendar.get("url") for calendar in root.get("calendars").elements())
    yield from (entry.node.get("fallback") for _, entry in root.get("people").entries())
    for _, entry in root.get("connections").entries():
        yield entry.node.get("checks")


def _secrets_in(node: Node) -> Iterator[Secret]:
    if isinstance(node.value, Secret):
        yield node.value
    for _, entry in node.entries():
        yield from _secrets_in(entry.node)
    for element in node.elements():
        yield from _secrets_in(element)
