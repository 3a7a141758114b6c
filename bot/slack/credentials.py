"""The three answers to a letter about a credential: rotated, later, not mine."""

from datetime import date, datetime

from bot.core.errors import Invalid
from bot.flows import expiry
from bot.slack.blocks import credentials as blocks
from bot.slack.blocks.parts import message, section
from bot.slack.desk import Body, Desk
from bot.slack.ids import Action, Modal
from bot.slack.text import escape, time


def _key(body: Body) -> str:
    action = (body.get("actions") or [{}])[0]
    return str(action.get("value") or "")


async def ask_rotated(desk: Desk, body: Body) -> None:
    runtime = desk.runtime
    subject = await runtime.store.run(expiry.find, runtime.knowledge(), _key(body))
    await desk.open_view(body, blocks.rotated(subject.key, subject.name))


async def snooze(desk: Desk, body: Body) -> None:
    runtime = desk.runtime
    until: datetime = await runtime.store.run(
        expiry.snooze, runtime.knowledge(), _key(body), runtime.clock()
    )
    await _say(desk, body, f"You hear of it again {time(until)}, or earlier when it gets close.")


async def not_mine(desk: Desk, body: Body) -> None:
    runtime, by = desk.runtime, await desk.actor(body)
    person = await runtime.store.run(
        expiry.not_mine, runtime.knowledge(), _key(body), by, runtime.clock()
    )
    face = await desk.face()
    await _say(desk, body, f"{face.person(person)} is told. The catalogue still names you.")


async def _say(desk: Desk, body: Body, text: str) -> None:
    await desk.reply(body, message(text, [section(text)]))


async def save_rotated(desk: Desk, body: Body, by: str) -> None:
    """Keep the date, and look behind the acknowledgement whether the far end agrees."""
    runtime = desk.runtime
    key = str(body["view"].get("private_metadata", ""))
    ends = _date(body)
    watchers = await runtime.store.run(
        expiry.rotated, runtime.knowledge(), key, ends=ends, by=by, now=runtime.clock()
    )

    async def look(body: Body) -> None:
        await _verify(desk, body, key, ends, watchers)

    desk.start(look, body)


def _date(body: Body) -> date:
    """Raises Invalid for anything but a date."""
    fields: dict[str, dict[str, str]] = body["view"]["state"]["values"].get("ends", {})
    element = next(iter(fields.values()), {})
    try:
        return date.fromisoformat(str(element.get("selected_date") or ""))
    except ValueError:
        raise Invalid("Choose the day on which it stops working.") from None


async def _verify(desk: Desk, body: Body, key: str, ends: date, watchers: tuple[str, ...]) -> None:
    for connection in dict.fromkeys(check.partition("/")[0] for check in watchers):
        await desk.check_now(connection)
    found = await desk.runtime.store.run(expiry.verify, key, ends=ends, watchers=watchers)
    if found is None:
        said = f"Noted: valid to {ends}. No check can read that; please update the estate file."
    elif found[0]:
        said = f"Noted and verified: the check `{escape(found[1])}` reads the new date."
    else:
        said = (
            f"⚠️ The check `{escape(found[1])}` still reads the old date, so I keep reminding you."
            " Is the new one in use yet?"
        )
    await _say(desk, body, said)


ACTIONS = {
    Action.ROTATED: ask_rotated,
    Action.SNOOZE: snooze,
    Action.NOT_MINE: not_mine,
}
SUBMISSIONS = {Modal.ROTATED: (save_rotated, "ends")}
