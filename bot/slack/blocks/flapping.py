"""How often something came and went, in one breath."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.core.units import say_names
from bot.slack.text import escape, time


def turns_words(facts: Mapping[str, Any]) -> str:
    """`6 times since 22:35, about half of the time down`, of several connections with which of them
    did; empty when none comes and goes."""
    if not facts.get("falls"):
        return ""
    since = time(datetime.fromisoformat(facts["since"]))
    told = f"{facts['falls']} times since {since}, {facts['share']} down"
    names = facts.get("names") or ()
    if not names:
        return told
    return f"{escape(say_names(names))} {'up to ' if len(names) > 1 else ''}{told}"
