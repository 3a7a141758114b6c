"""The three answers to a letter about a credential: rotated, later, not mine."""

import logging
from datetime import date, datetime
from typing import Any

from bot.core.governance.credential_expiry import Subject
from bot.core.outbox.address import ToPerson
from bot.flows.governance import credential_expiry
from bot.flows.outbox import delivery
from bot.slack.governance import credential_expiry_words as blocks
from bot.slack.handler import Body, Handler, channel_of, clicked
from bot.slack.ids import Action
from bot.slack.kit import SlackMessage, message, section
from bot.slack.platform.gateway import Later, Refusal
from bot.slack.text import escape, time

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
        blocks.answered(subject, f"{who} snoozed it until {time(until)}.{_ends(subject)}"),
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
    await _close(handler, body, key, blocks.answered(subject, said + _ends(subject)), only=by)
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
        delivery.fixtures, about, tuple(f"closed:{ts}" for _, ts in places)
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
    await handler.runtime.store.run(lambda tx: tx.save_fixture(about, f"closed:{ts}", "yes"))


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
            answer = blocks.answered(subject, f"{who} renewed it, valid to {ends}.")
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
