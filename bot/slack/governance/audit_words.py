"""The audit in words: the estate, one connection, and its line in the dossier."""

from collections.abc import Iterable

from bot.core.estate.catalogue import Catalogue, Connection
from bot.core.governance.audit.action_signals import Urgency
from bot.core.governance.audit.audit import Audit
from bot.core.governance.audit.finding import AuditFinding, FindingWeight
from bot.core.governance.audit.risk_questions import AuditAnswer, ControlStatus, Reply
from bot.flows.governance.audit import AuditView, subject_name
from bot.language.units import say_count
from bot.slack.kit import Block, SlackMessage, context, divider, header, lines, message, section
from bot.slack.text import Writer, escape
from bot.slack.triage import lessons

_REPLY = {Reply.YES: "🟢", Reply.NO: "🔴", Reply.UNKNOWN: "⚪"}
_SYMBOL = {
    ControlStatus.IN_ORDER: "🟢",
    ControlStatus.GAPS: "🟡",
    ControlStatus.GOVERNANCE_GAP: "🔴",
}
_URGENCY = {Urgency.URGENT: "🔴", Urgency.ACT: "🟡", Urgency.NOT_URGENT: "🟢"}
WEIGHT = {FindingWeight.URGENT: "🔴", FindingWeight.IMPORTANT: "🟡", FindingWeight.MINOR: "⚪"}
SHOWN = 10  # findings shown one by one


def audit(view: AuditView, catalogue: Catalogue, writer: Writer) -> SlackMessage:
    """The estate: five questions, how urgent it is, signals, readiness, the worst findings."""
    found = view.audit
    head = f"Audit: {found.score} of 5 answers are yes, {found.status}"
    blocks = [
        header(head),
        section(_judged(found, writer)),
        lines("*The five questions*", *(_answer(one, writer) for one in found.answers)),
        lines(
            "*Signals that call for action*",
            *(_signal(one, writer) for one in found.signals),
        ),
        lines(*_readiness(found, writer)),
        *lessons.rules(view.rule_votes),
        divider(),
        *_findings(view, catalogue, writer),
        lines(*_advice(found)),
        context(_trend(view)),
    ]
    return message(head, blocks)


def _answer(one: AuditAnswer, writer: Writer) -> str:
    reply = f"*{one.reply.capitalize()}.*"
    return f"{_REPLY[one.reply]} {one.asks} {reply} {writer.say(one.evidence)}"


def _judged(found: Audit, writer: Writer) -> str:
    judged = found.judged
    return f"{_URGENCY[judged.urgency]} *{judged.urgency.capitalize()}.* {writer.say(judged.why)}"


def _signal(one: AuditAnswer, writer: Writer) -> str:
    symbol = {Reply.YES: "🔴", Reply.NO: "🟢", Reply.UNKNOWN: "⚪"}[one.reply]
    return f"{symbol} {escape(one.asks)}: {writer.say(one.evidence)}"


def _readiness(found: Audit, writer: Writer) -> Iterable[str]:
    ready = sum(one.reply is Reply.YES for one in found.readiness)
    yield f"*Readiness:* {ready} of {len(found.readiness)} signs are good"
    for one in found.readiness:
        if one.reply is not Reply.YES:
            yield f"{_REPLY[one.reply]} {escape(one.asks)} {writer.say(one.evidence)}"


def _findings(view: AuditView, catalogue: Catalogue, writer: Writer) -> Iterable[Block]:
    items = view.audit.findings.open
    accepted = view.audit.findings.accepted
    if not items:
        yield section("*No findings.*")
    for one in items[:SHOWN]:
        yield section(_finding(one, subject_name(catalogue, one.subject), writer))
    if len(items) > SHOWN:
        yield context(f"and {len(items) - SHOWN} more; `firstlane audit` prints all of them")
    if accepted:
        yield context(
            *(
                f"Accepted until {item.until} by {writer.name(item.owner)}: {escape(one.key)}"
                for one, item in accepted[:10]
            )
        )


def _finding(one: AuditFinding, name: str, writer: Writer) -> str:
    goes = f"Goes to {writer.name(one.who)}." if one.who else "Nobody is named who could be told."
    return (
        f"{WEIGHT[one.weight]} *{escape(name)}:* {writer.say(one.what)} {escape(one.why)}\n"
        f"*Do:* {writer.say(one.do)} {goes} `{escape(one.key)}`"
    )


def _advice(found: Audit) -> Iterable[str]:
    advice = found.advice
    chosen = f"; chosen is {advice.chosen}" if advice.chosen else "; nobody has chosen one"
    yield f"*Operating model:* {advice.fits} fits{chosen}"
    yield from (f"• {escape(reason)}" for reason in advice.reasons)
    yield from (f"• Risk: {escape(risk)}" for risk in advice.risks)


def _trend(view: AuditView) -> str:
    if not view.trend:
        return "No earlier audit is stored."
    steps = " → ".join(f"{one.day:%d %b} {one.yes}/{one.asked}" for one in view.trend[-6:])
    return f"Yes answers of all connections: {steps}"


def connection_audit(view: AuditView, connection: Connection, writer: Writer) -> SlackMessage:
    """One connection: its five answers and everything found about it."""
    found = view.audit.connections.get(connection.id)
    if found is None:
        stage = connection.about.lifecycle.stage.replace("_", " ")
        text = f"*{escape(connection.name)}* is {stage}: nobody has to answer for it now."
        return message(f"{connection.name} is {stage}", [section(text)])
    head = f"{connection.name}: {found.score} of 5, {found.status}"
    items = view.audit.of(connection.id)
    blocks = [header(head), lines(*(_answer(one, writer) for one in found.answers))]
    if found.lacking:
        blocks.append(
            lines("*Not ready to go live*", *(f"🔴 {writer.say(one)}" for one in found.lacking))
        )
    blocks += [section(_finding(one, connection.name, writer)) for one in items[:20]]
    if not items:
        blocks.append(section("No findings."))
    return message(head, blocks)


def audit_line(view: AuditView, connection: Connection, writer: Writer) -> str:
    """The dossier's verdict: how many of the five questions it answers, and what is open."""
    found = view.audit.connections.get(connection.id)
    if found is None:
        return ""
    bad = [one.asks for one in found.answers if one.reply is not Reply.YES]
    count = len(view.audit.of(connection.id))
    asked = f" Not yes: {' '.join(bad)}" if bad else ""
    tail = f" {say_count(count, 'finding')}: `/conn audit {connection.id}`" if count else ""
    return f"{_SYMBOL[found.status]} *Audit:* {found.score} of 5, {found.status}.{asked}{tail}"
