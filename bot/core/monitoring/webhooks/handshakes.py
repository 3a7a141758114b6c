"""Messages by which a service asks whether it may send at all, or says that it sends no more.

Rule of this file: no address that stands in a message is ever called by us, and none is repeated,
since whoever has it may confirm.
"""

from collections.abc import Mapping
from typing import Any

_NOTHING = "Firstlane opens no address that a message brings, so nothing will come from it"
SNS_ASKS = (
    f"Amazon SNS asks to confirm the subscription. {_NOTHING}: send the alarm through an API"
    " destination of EventBridge, which asks for no confirmation"
)
SNS_ENDS = "Amazon SNS says that the subscription was ended: nothing more comes from it"
EVENT_GRID_ASKS = (
    f"Azure Event Grid asks to confirm the subscription. {_NOTHING}: send the alert through an"
    " action group of Azure Monitor, which asks for no confirmation"
)
ALL = frozenset({SNS_ASKS, SNS_ENDS, EVENT_GRID_ASKS})


def handshake(body: Any) -> str:
    """What a message asks or says about its subscription, and what to do; empty for any other."""
    if not isinstance(body, Mapping):
        return ""
    kind = body.get("Type")
    if kind == "SubscriptionConfirmation" and "TopicArn" in body:
        return SNS_ASKS
    if kind == "UnsubscribeConfirmation" and "TopicArn" in body:
        return SNS_ENDS
    asks = body.get("eventType") == "Microsoft.EventGrid.SubscriptionValidationEvent"
    return EVENT_GRID_ASKS if asks else ""
