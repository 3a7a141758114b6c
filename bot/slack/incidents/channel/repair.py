"""A channel that was archived or deleted under an incident that is not over: opened again where
Slack lets us, made anew where not. Noticed by the event, or by the refusal of the next message."""

import logging
from datetime import datetime, timedelta

from bot.core.incidents.incident import Incident
from bot.core.outbox.notice import incident_of, incident_subject
from bot.flows.incidents.channel import channels
from bot.runtime import Runtime
from bot.slack.handler import Body, Handler, user_of
from bot.slack.platform.gateway import Gateway, Refusal
from bot.store.tx import Tx

log = logging.getLogger(__name__)

_ARCHIVED = frozenset({"is_archived", "is_inactive"})
_GONE = frozenset({"channel_not_found"})
_TOO_SOON = timedelta(seconds=10)  # archived again so soon: it will not stay open
_OPENED = "unarchived"  # fixture: when we last opened it again


async def archived(handler: Handler, body: Body) -> None:
    """The event: somebody archived a channel."""
    event, runtime = body["event"], handler.runtime
    if str(event.get("user", "")) == handler.bot_user:
        return
    incident = await runtime.do(channels.archived_by_hand, str(event["channel"]))
    if incident is not None:
        by = await handler.people.person(user_of(body))
        await _open_again(runtime, handler.gateway, incident, str(event["channel"]), by)


async def mend(runtime: Runtime, gateway: Gateway, subject: str, error: str) -> bool:
    """After `error` in the incident's own channel. True when it is worth trying once more."""
    if error not in _ARCHIVED | _GONE:
        return False

    def look(tx: Tx) -> tuple[Incident | None, str | None]:
        number = incident_of(subject)
        return tx.incident(number) if number is not None else None, tx.channel_of(subject)

    incident, channel = await runtime.store.run(look)
    if incident is None or not incident.live:
        return False
    if channel is None:
        return True  # whoever noticed first has seen to it
    if error in _GONE:
        await runtime.do(channels.lost, incident, None)
    else:
        await _open_again(runtime, gateway, incident, channel, None)
    return True


async def _open_again(
    runtime: Runtime, gateway: Gateway, incident: Incident, channel: str, by: str | None
) -> None:
    subject, now = incident_subject(incident.id), runtime.clock()
    before = await runtime.store.run(lambda tx: tx.fixture(subject, _OPENED))
    try:
        if before and abs(now - datetime.fromisoformat(before)) < _TOO_SOON:
            told = await gateway.call("conversations.info", channel=channel)
            if not told["channel"].get("is_archived"):
                return  # late word of what was mended already
            raise Refusal("conversations.unarchive", "archived_again")
        await gateway.call("conversations.unarchive", channel=channel)
    except Refusal as error:
        if error.error == "not_archived":
            return  # somebody was faster
        log.warning("channel_lost subject=%s error=%s", subject, error.error)
        await runtime.do(channels.lost, incident, by)
        return
    await runtime.store.run(lambda tx: tx.save_fixture(subject, _OPENED, now.isoformat()))
    await runtime.do(channels.back, incident, by)
