"""How often something came and went, in one breath."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.slack.text import time


def turns_words(facts: Mapping[str, Any]) -> str:
    """`6 times since 22:35, about half of the time down`; empty when it does not come and go."""
    if not facts.get("falls"):
        return ""
    since = time(datetime.fromisoformat(facts["since"]))
    return f"{facts['falls']} times since {since}, {facts['share']} down"
