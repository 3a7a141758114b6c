"""Every command, button, form and shortcut is a deed with a rule; guests are met at the door, and
so is whatever another database made."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.outbox.notice import incident_subject
from bot.core.people.permissions import RULES, Access, Deed, PermissionLevel, Role
from bot.flows.people.permitted import FOREIGN as FOREIGN_ONES
from bot.language.errors import BotError, NotAllowed
from bot.slack import commands, permissions
from bot.slack.app import build_app
from bot.slack.forms.form import FORMS, OPENERS
from bot.slack.forms.sending import submitted
from bot.slack.handler import Body, Handler
from bot.slack.home import HomeTab
from bot.slack.ids import Action, Origin, Shortcut, carried
from bot.slack.kit import actions, button
from bot.slack.registry import ACTIONS
from bot.slack.request import Request
from bot.store.tx import Tx
from slack_standin.state.entities import User
from tests.builders import an_incident, knowledge_of
from tests.slack.conftest import Bench
from tests.slack.test_handler import handler_at

pytestmark = pytest.mark.anyio


def test_nothing_that_can_be_pressed_sent_or_typed_is_without_a_rule() -> None:
    assert sorted([*permissions.ACTIONS, *OPENERS]) == sorted(ACTIONS) == sorted(Action)
    assert {form.deed for form in FORMS.values()} <= set(RULES)
    assert set(permissions.SHORTCUTS) == set(Shortcut)
    assert set(commands.COMMANDS) <= set(permissions.COMMANDS)
    assert set(RULES) == set(Deed)


def with_guest(bench: Bench, **shown: object) -> tuple[Handler, User]:
    """A desk, and Charlie as Slack would show him."""
    user = bench.standin.workspace.users[bench.slack.member("Charlie").id]
    for name, value in shown.items():
        setattr(user, name, value)
    return handler_at(bench), user


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ({}, ""),
        ({"is_restricted": True}, "a guest"),
        ({"is_restricted": True, "is_ultra_restricted": True}, "a guest"),
        ({"team_id": "T0OTHER"}, "somebody of another company"),
    ],
)
async def test_slack_says_who_is_not_of_the_company(
    bench: Bench, shown: dict[str, object], expected: str
) -> None:
    handler, user = with_guest(bench, **shown, email="nobody@elsewhere.example")

    person = await handler.people.person(user.id)

    found = await handler.runtime.store.run(lambda tx: tx.recall("foreign", person))
    assert (found or "") == expected


async def test_whoever_the_catalogue_lists_is_of_the_company_whatever_slack_says(
    bench: Bench,
) -> None:
    handler, user = with_guest(bench, is_restricted=True)

    assert await handler.people.person(user.id) == "charlie"


async def test_a_guest_may_look_and_note_and_nothing_else(bench: Bench) -> None:
    handler, user = with_guest(bench, is_restricted=True, email="guest@elsewhere.example")
    guest = await handler.people.person(user.id)
    for word, deed in permissions.COMMANDS.items():
        refused = False
        try:
            await commands.answer(handler, Request(by=guest, channel="C1", words=f"{word} x"))
        except NotAllowed as error:
            refused = "You are here as a guest" in str(error)
        except BotError:
            pass
        assert refused is (Role.ANYBODY not in RULES[deed].may), word


# What a guest tries, where, and whom they are told to ask: the people named for what they mean.
TRIED: tuple[tuple[Deed, str, str, tuple[str, ...]], ...] = (
    *((Deed.TAKE, words, "C1", ("bob", "alice")) for words in ("", "INC-1", "inc1 now", "1|x")),
    (Deed.RESOLVE, "the secret was renewed", "C1", ("bob", "alice")),
    (Deed.RESOLVE, "7 orders were missing", "C1", ("bob", "alice")),
    (Deed.CONFIRM_DATA, "1", "", ("data-owner",)),
    (Deed.STEP, "1|erp|yes", "", ("bob",)),
    (Deed.DECLARE, "orders", "", ("bob", "alice")),
    (Deed.DECLARE, "orders: they are missing", "C2", ("bob", "alice")),
    (Deed.ROTATE, "orders", "", ("alice",)),
    (Deed.DRILL, "orders", "", ("bob", "alice")),
    # Nothing tells what is meant, or the number is not an incident's.
    (Deed.TAKE, "", "C2", ()),
    (Deed.TAKE, "INC-9", "C1", ()),
    (Deed.DECLARE, "", "", ()),
    (Deed.DECIDE, "1", "C1", ()),
    (Deed.ANSWER_FOR, "1", "C1", ()),
)


async def test_a_guest_is_told_whom_to_ask(bench: Bench) -> None:
    handler, _ = with_guest(bench)

    def set_up(tx: Tx) -> None:
        tx.remember(FOREIGN_ONES, "slack:UGUEST", "a guest")
        incident = tx.add_incident(an_incident())
        tx.save_channel(incident_subject(incident.id), "C1")

    await handler.runtime.store.run(set_up)

    for deed, words, channel, named in TRIED:
        with pytest.raises(NotAllowed) as refused:
            await permissions.admit(handler, deed, "slack:UGUEST", words, channel)

        said = str(refused.value)
        assert all(f"‹p:{person}›" in said for person in named), (deed, words)
        assert ("somebody of the company" in said) is (not named), (deed, words)


async def test_a_setting_lets_guests_in(bench: Bench) -> None:
    handler, user = with_guest(bench, is_restricted=True, email="guest@elsewhere.example")
    guest = await handler.people.person(user.id)
    open_house = replace(knowledge_of(), access=Access(guests=PermissionLevel.HELP))
    handler.runtime = replace(handler.runtime, knowledge=lambda: open_house)

    await permissions.admit(handler, Deed.DECLARE, guest)


OTHERS = "f" * 32
FOREIGN = "another database of Firstlane"


def a_button(origin: Origin | None) -> str:
    """The block id that a button has in Slack; without an origin it is from before there was
    one."""
    block = actions([button("Press", Action.SHOW, "1")], "row")
    return str((origin.blocks([block])[0] if origin else block)["block_id"])


async def test_bolt_does_not_warn_of_the_very_token_it_was_given(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    token, logger = bench.standin.bot_token, logging.getLogger("slack_bolt")
    monkeypatch.setenv("SLACK_BOT_TOKEN", token)
    monkeypatch.setattr(logger, "level", logging.ERROR)  # as `firstlane run` sets it
    logging.getLogger("slack_bolt.AsyncApp").setLevel(logging.NOTSET)
    handler = handler_at(bench)
    client = AsyncWebClient(token=token, base_url=bench.proxy.api_url)

    with caplog.at_level(logging.INFO):
        build_app(
            client,
            handler,
            HomeTab(bench.runtime, bench.gateway, handler.people),
            signing_secret=None,
        )

    assert [one for one in caplog.records if one.name.startswith("slack_bolt")] == []


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message of the bot's with a button in it, and the database that is in use when Bob
    presses that."""

    bench: Bench

    @property
    def origin(self) -> Origin:
        return self.bench.gateway.origin

    @property
    def other(self) -> Origin:
        return replace(self.origin, install=OTHERS)

    async def pressed(
        self, action: Action, by: Origin | None, *, posted_by: str = ""
    ) -> tuple[str, bool]:
        """What Bob reads, and whether anything came of it."""
        return await self.pressed_as(action.value, by, posted_by=posted_by)

    async def pressed_as(
        self, name: str, by: Origin | None, *, posted_by: str = ""
    ) -> tuple[str, bool]:
        """The same for whatever a button is called."""
        metadata = {"metadata": {"event_payload": {"install": posted_by}}} if posted_by else {}
        before = await self._record()
        said = await self._dispatched(
            {
                "type": "block_actions",
                "message": {"ts": "1.0", **metadata},
                "actions": [
                    {
                        "type": "button",
                        "action_id": name,
                        "block_id": a_button(by),
                        "value": "1|a|b",
                    }
                ],
            }
        )
        return said, await self._record() != before

    async def _dispatched(self, body: Mapping[str, Any]) -> str:
        bench, handler = self.bench, handler_at(self.bench)
        client = AsyncWebClient(token=bench.standin.bot_token, base_url=bench.proxy.api_url)
        home = HomeTab(bench.runtime, bench.gateway, handler.people)
        app = build_app(client, handler, home, signing_secret=None)
        who = {"user": {"id": bench.slack.member("Bob").id}, "channel": {"id": bench.general}}
        where = {"team": {"id": bench.standin.workspace.team.id}}
        before = len(self._said())
        sent = {**body, **who, **where}
        await app.async_dispatch(AsyncBoltRequest(body=sent, mode="socket_mode"))
        await handler.drain()
        return " ".join(self._said()[before:])

    def _said(self) -> list[str]:
        calls = self.bench.standin.services.log.of("chat.postEphemeral")
        return [str(call.args["text"]) for call in calls]

    async def _record(self) -> list[str]:
        def look(tx: Tx) -> list[str]:
            lines: list[str] = list(tx.db.iterdump())  # type: ignore[attr-defined]
            return [line for line in lines if '"inbox"' not in line]

        return await self.bench.runtime.store.run(look)


@pytest.fixture
def shown(bench: Bench) -> Shown:
    return Shown(bench=bench)


PRESSED = sorted(set(Action) - {Action.LINK})


async def test_no_button_of_another_database_changes_anything(shown: Shown) -> None:
    for action in PRESSED:
        said, came_of_it = await shown.pressed(action, shown.other)

        assert FOREIGN in said, action
        assert not came_of_it, action


async def test_a_message_from_before_buttons_were_signed_is_told_by_who_posted_it(
    shown: Shown,
) -> None:
    shown.bench.gateway.origin = old = replace(shown.origin, unsigned=True)
    for action in (Action.ACKNOWLEDGE, Action.CHANGE_APPROVE, Action.ATTEST_MINE):
        said, came_of_it = await shown.pressed(action, None, posted_by=OTHERS)
        assert FOREIGN in said, action
        assert not came_of_it, action

        for posted_by in ("", old.install):
            said, _ = await shown.pressed(action, None, posted_by=posted_by)
            assert FOREIGN not in said, action


async def test_a_database_that_has_signed_all_it_posted_takes_no_button_without_a_signature(
    shown: Shown,
) -> None:
    said, came_of_it = await shown.pressed(Action.ACKNOWLEDGE, None)

    assert FOREIGN in said
    assert not came_of_it


async def test_no_button_of_our_own_is_taken_for_another_databases(shown: Shown) -> None:
    for action in PRESSED:
        said, _ = await shown.pressed(action, shown.origin)

        assert FOREIGN not in said, action


@pytest.mark.parametrize("modal", FORMS)
async def test_no_form_of_another_database_changes_anything(shown: Shown, modal: str) -> None:
    answered: list[Any] = []

    async def ack(**answer: Any) -> None:
        answered.append(answer)

    view = {"id": "V1", "callback_id": modal, "blocks": [], "state": {"values": {}}}
    body: Body = {
        "user": {"id": shown.bench.slack.member("Bob").id},
        "view": {**view, **shown.other.view({"blocks": [], "private_metadata": "1|a"})},
    }
    before = await shown._record()

    await submitted(handler_at(shown.bench), ack, body)

    assert FOREIGN in str(answered)
    assert await shown._record() == before
    assert carried(body) == "1|a"


# What a colleague types whom nobody named, with words that lack something or mean nothing.
LACKING = (
    *("handover", "handover somebody", "resolve", "resolve anyway", "hold", "runbook no-such-book"),
    *("pause orders", "pause orders until whenever: tests", "pause orders 2h", "resume orders"),
    *("pause orders 900d the ERP is updated", "drill orders", "rotate orders", "retract orders"),
    *("cover alice by bob until whenever", "attest start"),
    *("merge", "merge INC-1 and INC-2", "merge INC-1 into INC-99", "merge into INC-99"),
    *("split", "split no such thing", "split orders"),
    *("cover alice", "cover alice by bob", "cover nobody by bob until Friday"),
    *("cover cancel nobody", "cover cancel alice", "cover nobody is back"),
)


@pytest.mark.parametrize("typed", LACKING)
async def test_whoever_may_not_reads_so_before_they_are_told_what_their_words_lack(
    bench: Bench, typed: str
) -> None:
    handler = handler_at(bench)

    def set_up(tx: Tx) -> None:
        incident = tx.add_incident(an_incident())
        tx.save_channel(incident_subject(incident.id), "C1")

    await handler.runtime.store.run(set_up)

    with pytest.raises(NotAllowed, match="Only "):
        await commands.answer(handler, Request(by="slack:U0STRANGER", channel="C1", words=typed))


@pytest.mark.parametrize("channel", ["C1", "C0ELSEWHERE"])
@pytest.mark.parametrize("typed", ["merge", "merge INC-1 to INC-2", "split", "cover alice"])
async def test_whoever_may_reads_what_their_words_lack(
    bench: Bench, typed: str, channel: str
) -> None:
    handler = handler_at(bench)

    def set_up(tx: Tx) -> None:
        incident = tx.add_incident(an_incident())
        tx.save_channel(incident_subject(incident.id), "C1")

    await handler.runtime.store.run(set_up)

    with pytest.raises(BotError) as told:
        await commands.answer(handler, Request(by="bob", channel=channel, words=typed))

    assert not isinstance(told.value, NotAllowed)


@pytest.mark.parametrize("word", sorted(commands.COMMANDS))
async def test_a_refusal_shows_a_mention_as_a_person_or_as_it_was_typed(
    bench: Bench, word: str
) -> None:
    handler = handler_at(bench)

    async def looks(connection: str) -> None:
        """Sees nothing new."""

    handler.check_now = looks
    for said in (
        *("<@UGEYCB474XX|erp-admin> away", "<@UGEYCB474XX> away", "cancel <@UGEYCB474XX|a> away"),
        *("INC-1 <@UGEYCB474XX|erp-admin>", "orders until <@UGEYCB474XX|erp-admin>: x"),
        *("confirm <@UGEYCB474XX|erp-admin>", "<#C012|general> away", "<!subteam^S012|@team>"),
        f"{'x' * 55} <@UGEYCB474XX> away",
    ):
        try:
            await commands.answer(handler, Request(by="bob", channel="C1", words=f"{word} {said}"))
        except BotError as error:
            shown = (await handler.people.writer()).say(str(error))
            assert "&lt;" not in shown, said
            assert "|erp-admin" not in shown, said
