"""Who a catalogue person is in Slack, who a Slack user is in the catalogue, and whether Slack shows
that somebody is away.

People are looked up once by each address and remembered; a failed look-up is tried again at the
next ping.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from bot.core.outbox.received import SlackUser
from bot.core.people.presence import Absence, AbsenceKind, says_absent
from bot.flows import handle_absence
from bot.flows.people.permitted import FOREIGN
from bot.flows.people.presence import looked_up, person_of, user_ids
from bot.language.errors import NotAllowed
from bot.language.marks import outside
from bot.runtime import Runtime
from bot.slack.platform.gateway import Gateway, Refusal
from bot.slack.text import SLACK_PERSON, Writer
from bot.store.tx import Tx


def absence_of(person: str, user: Mapping[str, Any], now: datetime) -> Absence | None:
    """Of a Slack user object; None when it shows nobody away."""
    if user.get("deleted"):
        why = "their Slack account is deactivated"
        return Absence(person=person, kind=AbsenceKind.DEACTIVATED, why=why, since=now)
    profile = user.get("profile") or {}
    text, emoji = str(profile.get("status_text", "")), str(profile.get("status_emoji", ""))
    if not says_absent(text, emoji):
        return None
    said = outside(text or emoji, 60)
    return Absence(
        person=person,
        kind=AbsenceKind.STATUS,
        why=f"their Slack status says “{said}”",
        since=now,
        until=_expiry(profile.get("status_expiration")),
    )


def _expiry(stamp: Any) -> datetime | None:
    """Slack writes 0 for a status without an end."""
    return datetime.fromtimestamp(stamp, UTC) if isinstance(stamp, int) and stamp > 0 else None


_WHY = {
    "users_not_found": "no Slack account has the e-mail address {email}",
    "user_disabled": "their Slack account is deactivated",
    "user_not_found": "Slack does not know the user id {user}",
    "account_inactive": "their Slack account is deactivated",
}


_DEACTIVATED = frozenset({"user_disabled", "account_inactive"})


_SLACKBOT = "USLACKBOT"  # Slack calls it a person of every workspace
_DELETED, _APP = "an account that is deactivated", "an app"
NO_PERSON = frozenset({_DELETED, _APP})


def _what_acts(tx: Tx, person: str) -> str:
    gone = AbsenceKind.DEACTIVATED
    if any(one.person == person and one.kind is gone for one in tx.absences()):
        return _DELETED
    return tx.recall(FOREIGN, person) or ""


class Unreachable(Exception):
    """This person has no usable Slack account; the message says why."""


class Users:
    def __init__(self, runtime: Runtime, gateway: Gateway) -> None:
        self._runtime = runtime
        self._gateway = gateway
        self._team: tuple[str, str] | None = None

    async def dm(self, person: str, *, urgent: bool = False) -> str:
        """The channel of the person's direct messages. Raises Unreachable, or Later."""
        address, known = self._address(person), await self._known(person)
        if known and known.dm:
            return known.dm
        user = known.user if known and known.user else None
        if person.startswith(SLACK_PERSON):
            user = person.removeprefix(SLACK_PERSON)
        user = user or await self._find(person, urgent=urgent)
        try:
            answer = await self._gateway.call("conversations.open", urgent=urgent, users=user)
        except Refusal as error:
            raise await self._remember_problem(person, address, user, error.error) from None
        channel = str(answer["channel"]["id"])
        await self._save(SlackUser(person=person, user=user, dm=channel, address=address))
        return channel

    async def user(self, person: str) -> str | None:
        """The person's Slack user id; None when there is none. May raise Later."""
        if person.startswith(SLACK_PERSON):
            return person.removeprefix(SLACK_PERSON)
        known = await self._known(person)
        if known and known.user:
            return known.user
        try:
            return await self._find(person)
        except Unreachable:
            return None

    async def person(self, user: str) -> str:
        """The catalogue id of a Slack user, or `slack:<id>` for somebody it does not list."""
        catalogue = self._runtime.knowledge().catalogue
        known = await self._runtime.do(person_of, user)
        if known:
            return known
        for listed in catalogue.people.values():
            if listed.slack_id == user:
                found = SlackUser(person=listed.id, user=user, address=listed.address)
                await self._save(found)
                return listed.id
        shown = await self._shown(user)
        email = str(shown.get("profile", {}).get("email", ""))
        for listed in catalogue.people.values():
            # By address and not by name: two people of one name are not rare.
            if email and listed.email and listed.email.casefold() == email.casefold():
                found = SlackUser(person=listed.id, user=user, address=listed.address)
                await self._save(found)
                await self._notice(listed.id, shown)
                return listed.id
        unlisted = f"{SLACK_PERSON}{user}"
        await self._remember_foreign(unlisted, await self._foreign(shown))
        return unlisted

    async def actor(self, user: str) -> str:
        """The same of whoever acts. Raises NotAllowed for what is no person: an app, Slack itself,
        an account that is deactivated, nobody at all."""
        if not user or user == _SLACKBOT:
            raise NotAllowed("Only people may do this, and Slack names nobody who did.")
        person = await self.person(user)
        what = await self._runtime.store.run(_what_acts, person)
        # Whom we know may have come back without our hearing of it.
        # Asked only of whom we believe gone, so that a click costs no call.
        if what == _DELETED and not (await self._shown(user)).get("deleted"):
            return person
        if what in NO_PERSON:
            raise NotAllowed(f"Only people may do this, and this was {what}.")
        return person

    async def _foreign(self, shown: Mapping[str, Any]) -> str:
        """What an unlisted user is when they are not of the company. Whom Slack does not show us
        counts as foreign, since nothing says that they are not."""
        # A stranger may not be able to see more than their own name.
        if not shown:
            return "somebody whom Slack does not show me"
        if shown.get("deleted"):
            return _DELETED
        if shown.get("is_bot"):
            return _APP
        if shown.get("is_restricted") or shown.get("is_ultra_restricted"):
            return "a guest"
        team, company = await self._own_team()
        grid = (shown.get("enterprise_user") or {}).get("enterprise_id")
        same = shown.get("team_id") in (None, team) or (company and grid == company)
        return "somebody of another company" if shown.get("is_stranger") or not same else ""

    async def _own_team(self) -> tuple[str, str]:
        """Our workspace and, in a grid, the company that has it."""
        if self._team is None:
            known = await self._gateway.call("auth.test")
            self._team = (str(known["team_id"]), str(known.get("enterprise_id") or ""))
        return self._team

    async def _remember_foreign(self, person: str, what: str) -> None:
        def keep(tx: Tx) -> None:
            if (tx.recall(FOREIGN, person) or "") != what:
                tx.remember(FOREIGN, person, what)

        await self._runtime.store.run(keep)

    async def writer(self) -> Writer:
        """How to write people now."""
        catalogue = self._runtime.knowledge().catalogue
        users = await self._runtime.do(user_ids)
        return Writer(catalogue=catalogue, users=users)

    async def _find(self, person: str, *, urgent: bool = False) -> str:
        listed = self._runtime.knowledge().catalogue.people.get(person)
        if listed is None:
            raise Unreachable("they are no longer in the catalogue")
        if listed.slack_id:
            found = SlackUser(person=person, user=listed.slack_id, address=listed.slack_id)
            await self._save(found)
            return listed.slack_id
        if not listed.email:
            raise Unreachable("the catalogue names neither an e-mail address nor a Slack id")
        try:
            answer = await self._gateway.call(
                "users.lookupByEmail", urgent=urgent, email=listed.email
            )
        except Refusal as error:
            raise await self._remember_problem(person, listed.email, None, error.error) from None
        user = str(answer["user"]["id"])
        await self._save(SlackUser(person=person, user=user, address=listed.email))
        await self._notice(person, answer["user"])
        return user

    async def _shown(self, user: str) -> Mapping[str, Any]:
        """What Slack shows of the user; nothing when it refuses."""
        try:
            answer = await self._gateway.call("users.info", user=user)
        except Refusal:
            return {}
        return dict(answer.get("user") or {})

    async def _remember_problem(
        self, person: str, address: str, user: str | None, error: str
    ) -> Unreachable:
        why = _WHY.get(error, "Slack says {error}").format(email=address, user=user, error=error)
        await self._save(SlackUser(person=person, user=None, problem=why, address=address))
        if error in _DEACTIVATED:
            await self._notice(person, {"deleted": True})
        return Unreachable(why)

    async def _notice(self, person: str, user: Mapping[str, Any]) -> None:
        """Keep what Slack shows of them for the ladder; the ping itself goes on as it is."""
        now = self._runtime.clock()
        absence = absence_of(person, user, now)
        if absence is not None:
            await self._runtime.store.run(lambda tx: tx.save_absence(absence))
        else:
            await self._runtime.do(handle_absence.back, person)

    def _address(self, person: str) -> str:
        listed = self._runtime.knowledge().catalogue.people.get(person)
        return listed.address if listed else ""

    async def _known(self, person: str) -> SlackUser | None:
        return await self._runtime.do(looked_up, person)

    async def _save(self, user: SlackUser) -> None:
        await self._runtime.store.run(lambda tx: tx.save_slack_user(user))
