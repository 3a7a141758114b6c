"""What Slack says about people: who was deactivated, whose status says that they are away."""

from collections.abc import Mapping
from typing import Any

from bot.flows import covers
from bot.ports import Runtime
from bot.slack.absence import absence_of
from bot.slack.desk import Body, Desk


async def changed(desk: Desk, body: Body) -> None:
    """Slack says that a user changed. Only people whom we know in Slack are of interest."""
    user = body["event"].get("user") or {}
    person = await desk.runtime.store.run(lambda tx: tx.person_of(str(user.get("id", ""))))
    if person is not None:
        await notice(desk.runtime, person, user)


async def notice(runtime: Runtime, person: str, user: Mapping[str, Any]) -> None:
    """Keep what a user object shows of a person."""
    now = runtime.clock()
    absence = absence_of(person, user, now)
    if absence is None:
        await runtime.store.run(covers.back, person)
    else:
        await runtime.store.run(covers.away, runtime.knowledge(), absence, now)
