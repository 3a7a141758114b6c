"""What Slack says about people: who was deactivated, whose status says that they are away, who
joined a channel."""

from collections.abc import Mapping
from typing import Any

from bot.flows import handle_absence, newcomer_view
from bot.flows.people.presence import person_of
from bot.runtime import Runtime
from bot.slack.handler import Body, Handler, channel_of, user_of
from bot.slack.platform.users import absence_of


async def changed(handler: Handler, body: Body) -> None:
    """Slack says that a user changed. Only people whom we know in Slack are of interest."""
    user = body["event"].get("user") or {}
    person = await handler.runtime.do(person_of, str(user.get("id", "")))
    if person is not None:
        await notice(handler.runtime, person, user)


async def notice(runtime: Runtime, person: str, user: Mapping[str, Any]) -> None:
    """Keep what a user object shows of a person."""
    now = runtime.clock()
    absence = absence_of(person, user, now)
    if absence is None:
        await runtime.do(handle_absence.back, person)
    else:
        await runtime.do(handle_absence.away, absence)


async def joined(handler: Handler, body: Body) -> None:
    """Somebody came into a channel; of interest when it is an incident's."""
    if user_of(body) == handler.bot_user:
        return
    runtime, channel = handler.runtime, channel_of(body)
    if await runtime.store.run(lambda tx: tx.subject_of_channel(channel)) is None:
        return
    person = await handler.people.person(user_of(body))
    await runtime.do(newcomer_view.joined, channel, person)
