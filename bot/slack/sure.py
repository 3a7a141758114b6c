"""Taking and resolving an incident, where a person may be asked first whether they mean it; and the
button under “… all the same?”, which does what was asked about while it is still so."""

from functools import partial

from bot.core.people.permissions import Deed
from bot.flows.incidents import respond
from bot.language.errors import Invalid
from bot.slack.handler import Body, Handler, clicked
from bot.slack.ids import OLDER_BUTTON, Action, incident_number
from bot.slack.kit import message, section

ANYWAY = "anyway"  # no mark is spelt so: marks are hexadecimal


async def all_the_same(handler: Handler, body: Body) -> None:
    word, _, rest = clicked(body).partition("|")
    number, _, words = rest.partition("|")
    mark, _, words = words.partition("|")
    incident, by = incident_number(number), await handler.actor(body)
    if word == Deed.TAKE:
        said = await take(handler, incident, by, agreed=mark)
    elif word == Deed.RESOLVE:
        said = await resolve(handler, incident, by, words, agreed=mark)
    else:
        raise Invalid(OLDER_BUTTON)
    await handler.reply(body, message(said, [section(said)]))


async def take(handler: Handler, number: int, by: str, *, agreed: str = "") -> str:
    """Take it, and say what that came to. Raises Unsure where it is asked first."""
    runtime = handler.runtime
    after = await runtime.do(respond.acknowledge, number, by, agreed=agreed)
    if after.holder != by:
        return f"🤝 You help with {after.key}. The ladder goes on; whoever is named ends it."
    return f"🟠 You have {after.key}. It is on the card in its channel."


async def resolve(handler: Handler, number: int, by: str, how: str, *, agreed: str = "") -> str:
    """Resolve it, and say what is left. Raises Unsure where something speaks against it that was
    not `agreed` to; ANYWAY agrees to all that there may be."""
    runtime = handler.runtime
    flow = respond.resolve if agreed == ANYWAY else partial(respond.resolve_if_over, agreed=agreed)
    after = await runtime.do(flow, number, by, how)
    writer = await handler.writer()
    left = f" {writer.say(' '.join(after.left_failing))}" if after.left_failing else ""
    asked = f" {writer.people(after.awaiting)} is asked about the data." if after.awaiting else ""
    return f"🟢 {after.key} is resolved.{left}{asked}"


ACTIONS = {Action.ALL_THE_SAME: all_the_same}
