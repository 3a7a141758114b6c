"""What the governance rounds say to people: findings, attestations, handovers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from bot.core.estate.catalogue import Catalogue
from bot.core.estate.ledger import HANDOVER_ITEMS, Handover
from bot.core.governance.audit.finding import FindingWeight
from bot.core.outbox.notice import What
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
from bot.slack.text import Writer, escape

Facts = Mapping[str, Any]


def _digest(facts: Facts, writer: Writer) -> SlackMessage:
    rows = facts["rows"]
    count = say_count(len(rows) + facts["more"], "finding")
    head = f"{count} for you" + (" this week" if facts["weekly"] else " that cannot wait")
    blocks = [header(head)]
    for row in rows:
        since = f"since {row['since']} · " if row["since"] else ""
        seen = f"first seen {_day(row['first_seen'])}, last {_day(row['last_seen'])}"
        blocks.append(
            section(
                f"{WEIGHT[FindingWeight(row['weight'])]} *{escape(row['name'])}:*"
                f" {writer.say(row['what'])} {escape(row['why'])}\n*Do:* {writer.say(row['do'])}\n"
                f"_{since}{seen}_ `{escape(row['key'])}`"
            )
        )
    if facts["more"]:
        blocks.append(context(f"and {facts['more']} more: `/conn audit`"))
    if facts["older"]:
        blocks.append(context(f"{facts['older']} you heard of before are still open."))
    return message(head, blocks)


def _day(iso: str) -> str:
    return f"{datetime.fromisoformat(iso):%Y-%m-%d}"


def _attest(facts: Facts, writer: Writer) -> SlackMessage:
    again = "Again: is" if facts["again"] else "Is"
    head = f"{again} this still yours?"
    blocks = [
        header(head),
        section(
            "The catalogue names you as owner of the following. Say for each whether it is so;"
            " *Not mine* goes to your manager."
        ),
    ]
    for row in facts["rows"]:
        word, carried = str(row["id"]), value(row["id"])
        blocks.append(section(f"*{escape(row['name'])}* · {row['layer']} owner"))
        blocks.append(
            actions(
                [
                    button("Still mine", Action.ATTEST_MINE, carried, word=word),
                    button("Not mine", Action.ATTEST_NOT, carried, word=word),
                    button("Hand over to…", Action.ATTEST_HAND, carried, word=word),
                    button("Everything about it", Action.SHOW, row["connection"], word=word),
                ],
                f"attest-{row['id']}",
            )
        )
    blocks.append(
        actions(
            [button("All of it is still mine", Action.ATTEST_ALL, "all", style="primary")], "all"
        )
    )
    return message(head, blocks)


def _not_mine(facts: Facts, writer: Writer) -> SlackMessage:
    text = (
        f"🔴 {writer.person(facts['person'])} says that the {facts['layer']} layer of"
        f" *{escape(facts['name'])}* is not theirs.\n*Do:* name the right owner in the catalogue."
        " Until then it stays a finding."
    )
    return message(
        writer.plain(f"{facts['name']}: not theirs"),
        [section(text), _show(facts)],
    )


def _handing_over(facts: Facts, writer: Writer) -> SlackMessage:
    text = (
        f"{writer.person(facts['person'])} hands the {facts['layer']} layer of"
        f" *{escape(facts['name'])}* over to {writer.person(facts['successor'])}.\n*Do:* change"
        f" `owners.{facts['layer']}` of `{escape(facts['connection'])}` in the catalogue; the"
        " checklist of the new owner begins then."
    )
    return message(writer.plain(f"{facts['name']}: handed over"), [section(text), _show(facts)])


def _show(facts: Facts) -> Block:
    return actions([button("Everything about it", Action.SHOW, facts["connection"])], "show")


def _handover(facts: Facts, writer: Writer) -> SlackMessage:
    head = f"{facts['name']} is yours now ({facts['layer']} layer)"
    number = facts["handover"]
    items = [option(text, value(number, item)) for item, text in HANDOVER_ITEMS.items()]
    blocks = [
        section(
            f"*{escape(facts['name'])}* went from {writer.person(facts['before'])} to you:"
            f" {facts['layer']} layer. Tick off what you have; what is missing after two weeks"
            " becomes a finding."
        ),
        actions([checkboxes(Action.HANDOVER_ITEMS, items, word=str(number))], "handover"),
        _show(facts),
    ]
    return message(head, blocks)


LETTERS: Mapping[What, Callable[[Facts, Writer], SlackMessage]] = {
    What.FINDINGS: _digest,
    What.ATTEST: _attest,
    What.NOT_MINE: _not_mine,
    What.HANDING_OVER: _handing_over,
    What.HANDOVER: _handover,
}


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
