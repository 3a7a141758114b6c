"""Getting to know people before there is any hurry: their accounts and their direct messages.

Looking somebody up and opening a conversation are two calls of fifty a minute each. In a storm
they would be what a ping waits for, so they are made beforehand, and leave room for pings.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Catalogue, Person
from bot.flows.people.presence import looked_up
from bot.flows.work import Work
from bot.runtime import Runtime
from bot.slack.platform.gateway import Later
from bot.slack.platform.users import Unreachable, Users

log = logging.getLogger(__name__)

TRY_AGAIN = timedelta(hours=6)  # for somebody who has no usable account
_AT_ONCE = 50  # people in one round


class UserPrefetch:
    def __init__(self, runtime: Runtime, people: Users) -> None:
        self._runtime = runtime
        self._people = people
        self._tried: dict[tuple[str, str], datetime] = {}  # by person and what they were asked by
        self._settled = False

    async def meet(self) -> int:
        """One round, which ends when Slack's allowance does; returns how many are new. The first
        one is left out: a start has more urgent calls to make."""
        if not self._settled:
            self._settled = True
            return 0
        met = 0
        for person in await self._strangers():
            try:
                await self._people.dm(person)
            except Unreachable:
                self._tried[self._asked(person)] = self._runtime.clock()
            # The allowance belongs to pings now; the next round goes on here.
            except Later:
                break
            else:
                met += 1
        return met

    async def _strangers(self) -> list[str]:
        now, catalogue = self._runtime.clock(), self._runtime.knowledge().catalogue
        wanted = [
            person
            for person in in_order(catalogue)
            if (tried := self._tried.get(self._asked(person))) is None or now >= tried + TRY_AGAIN
        ]

        def unknown(work: Work) -> list[str]:
            known = ((person, looked_up(work, person)) for person in wanted)
            return [person for person, user in known if user is None or not user.dm]

        return (await self._runtime.do(unknown))[:_AT_ONCE]

    def _asked(self, person: str) -> tuple[str, str]:
        listed = self._runtime.knowledge().catalogue.people.get(person)
        return person, listed.address if listed else ""


def in_order(catalogue: Catalogue) -> tuple[str, ...]:
    """Everybody whom an incident may have to reach, first responders first."""
    connections = catalogue.connections.values()
    responders = (item.first_responder for item in connections)
    owners = (item.owners.technical for item in connections)
    listed = (person.id for person in catalogue.people.values() if _reachable(person))
    named: Iterable[str | None] = (*responders, *owners, *listed)
    return tuple(dict.fromkeys(key for key in named if key and key in catalogue.people))


def _reachable(person: Person) -> bool:
    return person.left is None and bool(person.email or person.slack_id)
