"""A service that asks whether it may send is told of plainly; the address to confirm with is not
repeated."""

from typing import Any

import pytest

from bot.core.monitoring.webhook_bodies import (
    EVENT_GRID_ASKS,
    SNS_ASKS,
    SNS_ENDS,
    SOURCES,
    handshake,
    hook_ping,
    not_understood,
)
from tests.builders import NOW

TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"
OWN = "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=23"


def sns(kind: str = "SubscriptionConfirmation", **more: Any) -> dict[str, Any]:
    return {"Type": kind, "TopicArn": TOPIC, "Message": "Visit the SubscribeURL.", **more}


def event_grid(url: str) -> dict[str, Any]:
    data = {"validationCode": "512d38b6", "validationUrl": url}
    return {"eventType": "Microsoft.EventGrid.SubscriptionValidationEvent", "data": data}


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (sns(SubscribeURL=OWN), SNS_ASKS),
        (sns("UnsubscribeConfirmation", SubscribeURL=OWN), SNS_ENDS),
        (event_grid("https://rp-westeurope.eventgrid.azure.net:553/validate"), EVENT_GRID_ASKS),
    ],
)
def test_it_is_neither_success_nor_failure_at_any_address(
    source: str, body: dict[str, Any], said: str
) -> None:
    ping = hook_ping(source, body, NOW)

    assert ping is not None
    assert ping.kind == "log"
    assert not_understood(ping.unread) == said
    assert "http" not in said


@pytest.mark.parametrize(
    "body", [{"Type": "Notification", "TopicArn": TOPIC}, {"status": "ok"}, "text", None, [1]]
)
def test_any_other_message_is_none(body: object) -> None:
    assert handshake(body) == ""
