"""`/conn`: one word says what, the rest says of which. The same words work in direct messages.

A command is one function and one line in `COMMANDS`; help and completion are made from the table.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace

from rapidfuzz import process

from bot.core.ask import conversation
from bot.flows import estate_views, views
from bot.flows.governance import audit as governed
from bot.language.errors import Invalid
from bot.language.marks import as_typed
from bot.slack import find_connection, permissions, which
from bot.slack.ask import ask
from bot.slack.ask.ask import owner_facts_now
from bot.slack.changes import commands
from bot.slack.estate import ping_addresses, words
from bot.slack.find_connection import NoSuchConnection, Unclear
from bot.slack.governance import audit as governance
from bot.slack.governance import response_times
from bot.slack.governance.audit_words import audit_line
from bot.slack.handler import Body, Handler, channel_of
from bot.slack.incidents import declare, merge_and_reopen
from bot.slack.incidents.commands import (
    acknowledge,
    answered,
    hand_over,
    note,
    resolve,
    switch_runbook,
)
from bot.slack.kit import SlackMessage, context, lines, message, section
from bot.slack.monitoring import commands as pause_commands
from bot.slack.people import commands as cover_commands
from bot.slack.request import Elsewhere, OnlyOne, Request
from bot.slack.runbooks import drills, failed_records, gates

_MISTYPED = 75  # of 100: how alike a mistyped command has to be


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    run: Callable[[Handler, Request], Awaitable[SlackMessage]]
    usage: str
    help: str


async def status(handler: Handler, request: Request) -> SlackMessage:
    if not request.words:
        view = await handler.runtime.do(estate_views.status)
        return words.status(view, await handler.writer())
    connection = find_connection.find(handler, request.words)
    return await ask.status_line(handler, connection.id)


async def who(handler: Handler, request: Request) -> SlackMessage:
    if not request.words:
        raise Invalid("Say of what, for example: /conn who web shop orders")
    # In a direct message the word is the question's own: "who owned it on 1 March?"
    return await ask.answer(handler, f"who {request.words}", request.by)


async def show(handler: Handler, request: Request) -> SlackMessage:
    connection = find_connection.find(handler, request.words)
    return await show_connection(handler, connection.id)


async def show_connection(handler: Handler, connection_id: str) -> SlackMessage:
    """The dossier. Raises NotFound for an id that is no longer in the catalogue."""
    knowledge = handler.runtime.knowledge()
    facts = await owner_facts_now(handler, connection_id)
    view = await handler.runtime.do(estate_views.dossier, facts.connection)
    audit = await handler.runtime.do(governed.view)
    writer = await handler.writer()
    audit_said = audit_line(audit, facts.connection, writer)
    return words.dossier(view, facts, knowledge.catalogue, writer, audit_said)


async def who_owns(handler: Handler, connection_id: str) -> SlackMessage:
    return await ask.owners_now(handler, connection_id)


async def check(handler: Handler, request: Request) -> SlackMessage:
    return await check_connection(handler, find_connection.find(handler, request.words, "check").id)


async def check_connection(handler: Handler, connection_id: str) -> SlackMessage:
    """Look now and say what was seen."""
    await handler.check_now(connection_id)
    return await ask.status_line(handler, connection_id)


async def explain(handler: Handler, request: Request) -> SlackMessage:
    if not request.words:
        raise Invalid("Paste the error text behind the word, for example: /conn explain HTTP 401")
    found = await ask.explain(handler, request)
    return found or await ask.not_known(handler)


async def mine(handler: Handler, request: Request) -> SlackMessage:
    view = await handler.runtime.do(estate_views.mine, request.by)
    return words.mine(view, await handler.writer())


async def show_help(handler: Handler, request: Request) -> SlackMessage:
    rows = (f"`/conn {item.usage}` {item.help}" for item in COMMANDS.values())
    return message(
        "What /conn can do",
        [
            section("*What I can do*"),
            lines(*rows),
            context(
                "Or ask in plain words, here, in a direct message or with a mention:"
                " _who owns the web shop orders?_"
            ),
        ],
    )


COMMANDS: Mapping[str, Command] = {
    "status": Command(run=status, usage="status [connection]", help="what works and what does not"),
    "who": Command(run=who, usage="who <connection>", help="who owns it, whom to call"),
    "show": Command(run=show, usage="show <connection>", help="everything known about it"),
    "check": Command(run=check, usage="check <connection>", help="look at it now"),
    "explain": Command(run=explain, usage="explain <error text>", help="what an error means"),
    "declare": Command(
        run=declare.declare,
        usage="declare <connection> [report only since … until …] [: what you see]",
        help="open an incident by hand, or write one down afterwards",
    ),
    "ack": Command(run=acknowledge, usage="ack [INC-n]", help="you have it"),
    "handover": Command(
        run=hand_over,
        usage="handover vendor|publisher|it [ticket]",
        help="it is the counter-party's turn",
    ),
    "answered": Command(
        run=answered, usage="answered [INC-n]", help="the counter-party did: their clock stops"
    ),
    "resolve": Command(run=resolve, usage="resolve <cause and fix>", help="close the incident"),
    "reopen": Command(
        run=merge_and_reopen.reopen,
        usage="reopen [INC-n] <why>",
        help="it was not over, within seven days",
    ),
    "merge": Command(
        run=merge_and_reopen.merge, usage="merge [INC-n] into INC-m", help="two that are one"
    ),
    "split": Command(
        run=merge_and_reopen.split, usage="split <connection>", help="its part is on its own again"
    ),
    "hold": Command(run=gates.hold, usage="hold <why>", help="the step asked now has to wait"),
    "unhold": Command(run=gates.release, usage="unhold [why]", help="the held step may go on"),
    "runbook": Command(
        run=switch_runbook, usage="runbook [confirm] [name]", help="list, change or confirm it"
    ),
    "drill": Command(run=drills.drill, usage="drill <connection>", help="rehearse a break of it"),
    "stuck": Command(
        run=failed_records.stuck,
        usage="stuck [connection]",
        help="failed records in groups; give them to an owner, clear them for another attempt",
    ),
    "cover": Command(
        run=cover_commands.cover,
        usage="cover [@away by @stand-in until <when>]",
        help="who stands in for whom; enter or cancel it",
    ),
    "pause": Command(
        run=pause_commands.pause,
        usage="pause [connection for <span> <why>]",
        help="open no incident for a while; what is paused",
    ),
    "resume": Command(
        run=pause_commands.resume, usage="resume <connection>", help="end a pause early"
    ),
    "sla": Command(
        run=response_times.sla, usage="sla [connection]", help="response times agreed and kept"
    ),
    "note": Command(run=note, usage="note <text>", help="add to the timeline"),
    "change": Command(
        run=commands.propose,
        usage="change <connection>",
        help="propose a change; whoever has to approve is asked",
    ),
    "changes": Command(
        run=commands.changes, usage="changes [connection]", help="what is being changed"
    ),
    "releases": Command(
        run=commands.releases, usage="releases", help="what the makers bring, and verdicts"
    ),
    "audit": Command(
        run=governance.audit, usage="audit [connection]", help="whether it is really owned"
    ),
    "attest": Command(
        run=governance.attest, usage="attest [start]", help="which owners have confirmed"
    ),
    "rotate": Command(
        run=ping_addresses.rotate,
        usage="rotate <connection>",
        help="new addresses for its heartbeats and webhooks",
    ),
    "retract": Command(
        run=ping_addresses.retract,
        usage="retract <connection>",
        help="what was reported of it is over, and nobody takes it back",
    ),
    "kpi": Command(
        run=governance.kpi, usage="kpi [90d]", help="how fast and how well incidents were handled"
    ),
    "mine": Command(run=mine, usage="mine", help="what is yours"),
    "help": Command(run=show_help, usage="help", help="this list"),
}


# `release` beside `releases` was a slip away from another deed; it is still understood.
_OLD_WORDS = {"release": "unhold"}


async def slash(handler: Handler, body: Body) -> None:
    """Answer a slash command, to its sender only."""
    request = Request(
        by=await handler.actor(body),
        channel=channel_of(body),
        words=str(body.get("text") or ""),
        trigger=str(body.get("trigger_id") or ""),
    )
    await handler.reply(body, await answer(handler, request))


async def go_on(handler: Handler, body: Body) -> None:
    """It was asked which connection a command means: the command goes on with the one pressed."""
    await handler.reply(
        body, await answer(handler, which.chosen(handler, body, await handler.actor(body)))
    )


async def answer(handler: Handler, request: Request) -> SlackMessage:
    """What to say to a request. Raises BotError where the answer is an error."""
    word, _, rest = request.words.strip().partition(" ")
    command = COMMANDS.get(_OLD_WORDS.get(word.lower(), word.lower()) or "help")
    # In a message the first word may begin a sentence: “show must go on” is no command.
    command = None if request.spoken and conversation.is_no_command(request.words) else command
    try:
        if command is None:
            return await _not_a_command(handler, request, word)
        deed = permissions.COMMANDS[word.lower() or "help"]
        await permissions.admit(handler, deed, request.by, rest.strip(), request.channel)
        return await command.run(handler, replace(request, words=rest.strip()))
    except NoSuchConnection:
        # "Check with Bob", said in a message, is no command.
        if not request.spoken:
            raise
        return await ask.reply(handler, request)
    except Unclear as unclear:
        if request.spoken and not find_connection.names_only(handler, unclear.name):
            return await ask.reply(handler, request)
        return which.question(unclear, word.lower(), replace(request, words=rest.strip()))
    except OnlyOne as only:
        return which.only_one(only.incident, word.lower(), rest.strip())
    except Elsewhere as elsewhere:
        live = await handler.runtime.do(views.live_incidents)
        return words.incidents(live, elsewhere.why, await handler.writer())


async def _not_a_command(handler: Handler, request: Request, word: str) -> SlackMessage:
    """A sentence is answered as one; a mistyped word of a slash command gets the nearest one."""
    alone = not request.spoken and " " not in request.words.strip()
    # Only a slash command can be mistyped; in a message it would be a guess about a sentence.
    near = process.extractOne(word.lower(), list(COMMANDS), score_cutoff=_MISTYPED)
    if alone and near and conversation.small_talk(word) is None:
        raise Invalid(
            f"There is no command “{as_typed(word, 40)}”. Did you mean /conn {near[0]}?"
            " /conn help lists them."
        )
    return await ask.reply(handler, request)
