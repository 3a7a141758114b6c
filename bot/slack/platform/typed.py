"""What people wrote, in a request of Slack: their words without the secrets of the estate, before
anything is done with them or kept. Ids, buttons and addresses to answer at stay as they came."""

from collections.abc import Callable
from typing import Any

_WORDS = frozenset({"text", "url", "fallback", "pretext", "footer", "preview"})


def without_secrets(found: Any, clean: Callable[[str], str]) -> Any:
    """The same with every text in it made `clean`."""
    if isinstance(found, list):
        return [without_secrets(item, clean) for item in found]
    if not isinstance(found, dict):
        return found
    # What was pressed stands in a message of ours, which is clean; cards are long.
    ours = "message" if found.get("type") == "block_actions" else None
    # The value of a field that somebody filled in; that of a button is ours.
    filled_in = str(found.get("type", "")).endswith("_input")
    return {
        key: clean(item)
        if isinstance(item, str) and (key in _WORDS or (filled_in and key == "value"))
        else (item if key == ours else without_secrets(item, clean))
        for key, item in found.items()
    }
