"""The three answers to a letter about a credential: rotated, later, not mine.

Letters about credentials that end, and the modal that asks for the new end.
"""

import logging
from datetime import date, datetime
from typing import Any

from bot.core.estate.catalogue import Catalogue, Identity
from bot.core.governance.credential_expiry import Subject, only_read_by
from bot.core.governance.notices import Expired, Expires, OfCredential, Rotation
from bot.core.outbox.address import ToPerson
from bot.flows.governance import credential_expiry
from bot.flows.outbox import delivery
from bot.slack.handler import Body, Handler, channel_of, clicked
from bot.slack.ids import Action
from bot.slack.kit import (
    SlackMessage,
    actions,
    button,
    lines,
    message,
    section,
)
from bot.slack.notice_words import personal
from bot.slack.platform.gateway import Later, Refusal
from bot.slack.text import Writer, escape, time

_FINDINGS = {
    Identity.PERSONAL: "It is a personal login: it stops when that person leaves."
    " Ask for a service identity when you renew it.",
    Identity.SHARED: "It is a shared login: nobody can tell who used it."
    " Ask for a service identity when you renew it.",
    Identity.UNKNOWN: "The catalogue does not say whose login it is.",
}


@personal
def ends(told: Expires | Expired | Rotation, writer: Writer) -> SlackMessage:
    """To a credential's owner, with the three answers there are."""
    key, by = told.key, told.passed_on
    text = [
        f"*Used by:* {_used_by(told, writer.catalogue)}",
        f"*Renew it:* {escape(told.where)}" if told.where else "",
        f"*Mind:* {_finding(told)}" if _finding(told) else "",
        f"*You:* {writer.person(by)} says that it is not theirs." if by else "",
    ]
    row = [
        button("Rotated, new expiry…", Action.ROTATED, key, style="primary"),
        button("Snooze 3 days", Action.SNOOZE, key),
        button("Not mine", Action.NOT_MINE, key),
    ]
    blocks = [section(_head(told)), lines(*text), actions(row, "credential")]
    return message(writer.plain(f"{told.name}: {told.what}"), blocks)


def _head(told: OfCredential) -> str:
    name, at = escape(told.name), time(told.expires) if told.expires else ""
    match told:
        case Expired():
            return f"🔴 *{name} has expired* {at}. What uses it fails, or will."
        case Rotation():
            return f"🟡 *{name} is due for rotation* since {told.rotate_by}."
    return f"🟡 *{name} expires* {at}. Renew it before then."


def _used_by(told: OfCredential, catalogue: Catalogue) -> str:
    known = (catalogue.connections.get(key) for key in told.connections)
    return escape(", ".join(item.name for item in known if item)) or "nothing in the catalogue"


def _finding(one: OfCredential | Subject) -> str:
    if only_read_by(one.key):
        return "No credential in the catalogue has this end date. Add it there, with its owner."
    return _FINDINGS.get(one.identity, "")


def answered(subject: Subject, said: str) -> SlackMessage:
    """What stands in the letter's place once it is answered: no button, since none is left, and
    whatever is wrong with the login itself, which no answer mends. `said` is Slack markup."""
    found = _finding(subject)
    blocks = [section(f"*{escape(subject.name)}:* {said}")]
    if found:
        blocks.append(lines(f"*Mind:* {found}"))
    return message(f"{subject.name}: answered", blocks)


log = logging.getLogger(__name__)


async def snooze(handler: Handler, body: Body) -> None:
    runtime, by, key = handler.runtime, await handler.actor(body), clicked(body)
    subject = await runtime.do(credential_expiry.find, key)
    until: datetime = await runtime.do(credential_expiry.snooze, key, by)
    who = (await handler.writer()).person(by)
    await _close(
        handler,
        body,
        key,
        answered(subject, f"{who} snoozed it until {time(until)}.{_ends(subject)}"),
    )
    await _say(handler, body, f"You hear of it again {time(until)}, or earlier when it gets close.")


async def not_mine(handler: Handler, body: Body) -> None:
    runtime, by, key = handler.runtime, await handler.actor(body), clicked(body)
    subject = await runtime.do(credential_expiry.find, key)
    now = runtime.clock()
    person = await runtime.do(credential_expiry.not_mine, key, by)
    writer = await handler.writer()
    whose, other = writer.person(by), writer.person(person)
    said = f"{whose} said {time(now)} that it is not theirs; {other} is told."
    await _close(handler, body, key, answered(subject, said + _ends(subject)), only=by)
    await _say(handler, body, f"{writer.person(person)} is told. The catalogue still names you.")


def _ends(subject: Subject) -> str:
    return f" It ends {time(subject.expires)}." if subject.expires else ""


async def _close(
    handler: Handler, body: Body, key: str, answer: SlackMessage, *, only: str | None = None
) -> None:
    """Put the answer where the letters about this credential stand, so that no button outlives
    it: the one that was pressed, and those the outbox knows of (`only` one person's). A letter
    that is closed already keeps the answer it had. What Slack refuses is let be: the answer
    itself is kept."""
    store, about = handler.runtime.store, credential_expiry.about_credential(key)
    sent = await store.run(lambda tx: tx.letters_in_slack(about))
    places = {
        (item.channel, item.ts): None
        for item in sent
        if only is None or item.letter.to == ToPerson(only)
    }
    pressed = str((body.get("container") or {}).get("message_ts") or "")
    if pressed:
        places[channel_of(body), pressed] = None
    done = await handler.runtime.do(
        delivery.recall_all, about, tuple(f"closed:{ts}" for _, ts in places)
    )
    for channel, ts in places:
        if f"closed:{ts}" not in done:
            await _redraw(handler, about, channel, ts, answer)


async def _redraw(
    handler: Handler, about: str, channel: str, ts: str, answer: SlackMessage
) -> None:
    content: dict[str, Any] = {"text": answer.text, "blocks": list(answer.blocks)}
    try:
        await handler.gateway.call("chat.update", channel=channel, ts=ts, **content)
    except (Refusal, Later) as error:
        log.info("letter_not_closed subject=%s error=%s", about, error)
        return
    await handler.runtime.store.run(lambda tx: tx.remember(about, f"closed:{ts}", "yes"))


async def _say(handler: Handler, body: Body, text: str) -> None:
    await handler.reply(body, message(text, [section(text)]))


async def renewed(handler: Handler, body: Body, key: str, ends: date, by: str) -> None:
    """Keep the date, and look behind the acknowledgement whether the far end agrees."""
    runtime = handler.runtime
    subject = await runtime.do(credential_expiry.find, key)
    watchers = await runtime.do(credential_expiry.rotated, key, ends=ends, by=by)

    async def look(body: Body) -> None:
        if await _verify(handler, body, key, ends, watchers):
            who = (await handler.writer()).person(by)
            answer = answered(subject, f"{who} renewed it, valid to {ends}.")
            await _close(handler, body, key, answer)

    handler.start(look, body)


async def _verify(
    handler: Handler, body: Body, key: str, ends: date, watchers: tuple[str, ...]
) -> bool:
    """False when a check contradicts: then the letter stays open for another answer."""
    for connection in dict.fromkeys(check.partition("/")[0] for check in watchers):
        await handler.check_now(connection)
    found = await handler.runtime.do(credential_expiry.verify, key, ends=ends, watchers=watchers)
    if found is None:
        said = f"Noted: valid to {ends}. No check can read that; please update the estate file."
    elif found[0]:
        said = f"Noted and verified: the check `{escape(found[1])}` reads the new date."
    else:
        said = (
            f"⚠️ The check `{escape(found[1])}` still reads the old date, so I keep reminding you."
            " Is the new one in use yet?"
        )
    await _say(handler, body, said)
    return found is None or found[0]


ACTIONS = {
    Action.SNOOZE: snooze,
    Action.NOT_MINE: not_mine,
}
