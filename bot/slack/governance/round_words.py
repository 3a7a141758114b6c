"""What the governance rounds say to people: findings, attestations, handovers."""

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ledger import HANDOVER_ITEMS, Handover
from bot.core.governance.notices import (
    Findings,
    HandingOver,
    HandoverBegins,
    NotMine,
    StillYours,
)
from bot.flows.governance.attestation import Progress
from bot.flows.governance.audit import subject_name
from bot.language.units import say_count
from bot.slack.governance.audit_words import WEIGHT
from bot.slack.ids import Action, value
from bot.slack.kit import (
    Block,
    SlackMessage,
    actions,
    button,
    checkboxes,
    context,
    header,
    lines,
    message,
    option,
    section,
)
from bot.slack.notice_words import personal
from bot.slack.text import Writer, escape


@personal
def digest(told: Findings, writer: Writer) -> SlackMessage:
    count = say_count(len(told.rows) + told.more, "finding")
    head = f"{count} for you" + (" this week" if told.weekly else " that cannot wait")
    blocks = [header(head)]
    for row in told.rows:
        since = f"since {row.since} · " if row.since else ""
        seen = f"first seen {row.first_seen:%Y-%m-%d}, last {row.last_seen:%Y-%m-%d}"
        blocks.append(
            section(
                f"{WEIGHT[row.weight]} *{escape(row.name)}:*"
                f" {writer.say(row.what)} {escape(row.why)}\n*Do:* {writer.say(row.do)}\n"
                f"_{since}{seen}_ `{escape(row.key)}`"
            )
        )
    if told.more:
        blocks.append(context(f"and {told.more} more: `/conn audit`"))
    if told.older:
        blocks.append(context(f"{told.older} you heard of before are still open."))
    return message(head, blocks)


@personal
def still_yours(told: StillYours, writer: Writer) -> SlackMessage:
    again = "Again: is" if told.again else "Is"
    head = f"{again} this still yours?"
    blocks = [
        header(head),
        section(
            "The catalogue names you as owner of the following. Say for each whether it is so;"
            " *Not mine* goes to your manager."
        ),
    ]
    for row in told.rows:
        word, carried = str(row.id), value(row.id)
        blocks.append(section(f"*{escape(row.name)}* · {row.layer} owner"))
        blocks.append(
            actions(
                [
                    button("Still mine", Action.ATTEST_MINE, carried, word=word),
                    button("Not mine", Action.ATTEST_NOT, carried, word=word),
                    button("Hand over to…", Action.ATTEST_HAND, carried, word=word),
                    button("Everything about it", Action.SHOW, row.connection, word=word),
                ],
                f"attest-{row.id}",
            )
        )
    blocks.append(
        actions(
            [button("All of it is still mine", Action.ATTEST_ALL, "all", style="primary")], "all"
        )
    )
    return message(head, blocks)


@personal
def not_mine(told: NotMine, writer: Writer) -> SlackMessage:
    text = (
        f"🔴 {writer.person(told.person)} says that the {told.layer} layer of"
        f" *{escape(told.name)}* is not theirs.\n*Do:* name the right owner in the catalogue."
        " Until then it stays a finding."
    )
    return message(
        writer.plain(f"{told.name}: not theirs"),
        [section(text), _show(told.connection)],
    )


@personal
def handing_over(told: HandingOver, writer: Writer) -> SlackMessage:
    text = (
        f"{writer.person(told.person)} hands the {told.layer} layer of"
        f" *{escape(told.name)}* over to {writer.person(told.successor)}.\n*Do:* change"
        f" `owners.{told.layer}` of `{escape(told.connection)}` in the catalogue; the"
        " checklist of the new owner begins then."
    )
    blocks = [section(text), _show(told.connection)]
    return message(writer.plain(f"{told.name}: handed over"), blocks)


def _show(connection: str) -> Block:
    return actions([button("Everything about it", Action.SHOW, connection)], "show")


@personal
def handover(told: HandoverBegins, writer: Writer) -> SlackMessage:
    head = f"{told.name} is yours now ({told.layer} layer)"
    number = told.handover
    items = [option(text, value(number, item)) for item, text in HANDOVER_ITEMS.items()]
    blocks = [
        section(
            f"*{escape(told.name)}* went from {writer.person(told.before)} to you:"
            f" {told.layer} layer. Tick off what you have; what is missing after two weeks"
            " becomes a finding."
        ),
        actions([checkboxes(Action.HANDOVER_ITEMS, items, word=str(number))], "handover"),
        _show(told.connection),
    ]
    return message(head, blocks)


def progress(found: Progress | None, catalogue: Catalogue, writer: Writer) -> SlackMessage:
    """How far the owners' confirmation is."""
    if found is None:
        text = "Owners have not been asked yet. `/conn attest start` asks them now."
        return message(text, [section(text)])
    head = f"{found.answered} of {found.asked} layers confirmed or answered"
    rows = [
        f"🔴 {escape(subject_name(catalogue, one.connection))}, {one.layer} layer:"
        f" {writer.name(one.person)} says that it is not theirs"
        for one in found.denied
    ]
    waiting = ", ".join(writer.name(person) for person in found.waiting)
    if waiting:
        rows.append(f"Waiting for {waiting}")
    blocks = [header(head), context(f"Asked on {found.round}")]
    return message(head, [*blocks, lines(*rows)] if rows else blocks)


def ticked(handover: Handover) -> str:
    """The answer to ticking off items of a handover."""
    if handover.finished_at:
        return "The handover is complete. Thank you."
    return f"Noted. Still open: {', '.join(handover.missing)}."
