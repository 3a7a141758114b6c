"""Messages by which a service asks whether it may send at all, or says that it sends no more.

Rule of this file: no address that stands in a message is ever called by us; a person opens it,
after seeing whose it is. It is named only where its host is the asking service's own.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.hook_bodies import inner

_SNS = re.compile(r"https://sns\.[a-z0-9-]{1,40}\.amazonaws\.com(?:\.cn)?/[!-~]{1,2000}")
_EVENT_GRID = re.compile(
    r"https://(?:[a-z0-9-]{1,63}\.){1,4}eventgrid\.azure\.(?:net|us|cn)(?::553)?/[!-~]{1,2000}"
)
_BY_HAND = (
    "Nothing comes from it until somebody opens the address in that message, which the log of"
    " Firstlane repeats; Firstlane opens none by itself"
)
SNS_ASKS = f"Amazon SNS asks to confirm the subscription. {_BY_HAND}"
SNS_ENDS = "Amazon SNS says that the subscription was ended: nothing more comes from it"
EVENT_GRID_ASKS = f"Azure Event Grid asks to confirm the subscription. {_BY_HAND}"
ALL = frozenset({SNS_ASKS, SNS_ENDS, EVENT_GRID_ASKS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Handshake:
    """`address` is what a person opens; empty where the message names none of the service's own."""

    said: str
    address: str = ""


def handshake(body: Any) -> Handshake | None:
    """None for a message that is none."""
    if not isinstance(body, Mapping):
        return None
    kind = body.get("Type")
    if kind == "SubscriptionConfirmation" and "TopicArn" in body:
        return Handshake(said=SNS_ASKS, address=_own(body.get("SubscribeURL"), _SNS))
    if kind == "UnsubscribeConfirmation" and "TopicArn" in body:
        return Handshake(said=SNS_ENDS)
    if body.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent":
        address = _own(inner(body, "data").get("validationUrl"), _EVENT_GRID)
        return Handshake(said=EVENT_GRID_ASKS, address=address)
    return None


def _own(address: Any, wanted: re.Pattern[str]) -> str:
    """The address where it leads to the service itself."""
    return address if isinstance(address, str) and wanted.fullmatch(address) else ""
