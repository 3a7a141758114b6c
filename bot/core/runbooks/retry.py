"""The retry gate: five questions before failed records are sent again.

Money is never sent again blindly. What nobody knows counts as the worse answer, and where the
outcome of the first attempt is unknown the functional owner says yes by name.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.estate.catalogue import Connection
from bot.core.estate.ids import PersonId
from bot.core.estate.lane import Layer
from bot.core.runbooks.runbook import Step, StepAnswer
from bot.core.runbooks.step_kinds import StepKind
from bot.core.triage.facts import Facts
from bot.core.triage.playbook import RETRY_WORDS, ErrorClass, Retry
from bot.language.marks import outside, when, who
from bot.language.units import say_names

STALE_AFTER = timedelta(hours=12)  # a stock or price older than this is no longer the present one

_MONEY = frozenset(
    {
        *("bill", "credit", "fee", "invoice", "journal", "ledger", "payment", "payout"),
        *("prepayment", "refund", "settlement", "statement"),
    }
)
_FLEETING = frozenset({"stock", "inventory", "price", "rate", "availability", "level"})
_CHAINED = frozenset({"order", "receipt", "shipment", "delivery", "issue", "return", *_MONEY})
_KEYED = ("idempot", "upsert", "external id")
# The most careful one first: one doubtful record makes the whole batch doubtful.
_CAUTION = (Retry.NEVER, Retry.LOOK_UP_FIRST, Retry.AFTER_FIX, Retry.WAIT, Retry.SAFE)
_HOPEFUL = frozenset({Retry.WAIT, Retry.SAFE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """The five questions; None where nobody knows.

    `accepted`: may the first attempt have been taken? `keyed`: does the target refuse a second
    copy by itself? `ordered`: does the order of records matter? `shifts`: would sending now carry
    another date, price or stock than then?
    """

    accepted: bool | None = None
    keyed: bool | None = None
    money: bool = False
    ordered: bool = False
    shifts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What the answers to the questions that were `asked` allow; `approver` says whose word it
    takes."""

    retry: Retry
    asked: Questions
    approver: Layer | None

    @property
    def keyed(self) -> bool:
        """Whether it is safe only because a key keeps second copies out."""
        return self.asked.accepted is None and bool(self.asked.keyed)

    @property
    def reasons(self) -> tuple[str, ...]:
        """How each question was answered, a sentence each."""
        return (*_of_first_attempt(self.asked), *_of_records(self.asked))

    @property
    def terms(self) -> tuple[str, ...]:
        """What has to be heeded when they are sent again, besides what `retry` says."""
        return (*_without_a_key(self.asked), *_of_records(self.asked))


def questions(facts: Facts, connection: Connection, now: datetime) -> Questions:
    """The five questions as far as the evidence and the catalogue answer them."""
    retry = retry_of(facts)
    # The class of an error text says whether the target had taken the record when it failed.
    accepted = {Retry.NEVER: True, Retry.LOOK_UP_FIRST: None}.get(retry, False)
    written = f"{connection.pattern} {connection.flow}".lower()
    return Questions(
        accepted=accepted,
        # That the file does not speak of a key is no proof that there is none.
        keyed=True if any(word in written for word in _KEYED) else None,
        money=moves_money(connection),
        ordered=len(_entities(connection) & _CHAINED) > 1,
        shifts=_shifts(facts, connection, now),
    )


def gate(asked: Questions, base: Retry) -> Advice:
    """What the five answers allow, when the error text alone would allow `base`."""
    unknown = asked.accepted is None
    if asked.accepted:
        retry = Retry.NEVER
    elif unknown and asked.keyed:
        retry = Retry.SAFE
    elif unknown:
        retry = Retry.LOOK_UP_FIRST
    else:
        retry = base
    careful = retry in (Retry.LOOK_UP_FIRST, Retry.NEVER)
    needed = asked.money or bool(asked.shifts) or careful
    return Advice(
        retry=retry,
        asked=asked,
        approver=Layer.FUNCTIONAL if needed else None,
    )


def advice_of(facts: Facts, now: datetime) -> Advice:
    """What the gate allows for the connection that the facts are of."""
    return gate(questions(facts, facts.connection, now), retry_of(facts))


def approval_step(advice: Advice, *, to: str, otherwise: str) -> Step | None:
    """The step that takes the owner's word before anything is sent again; None when the advice
    needs none. `to` is the step that follows the approval, `otherwise` says why it ends without."""
    if advice.approver is None:
        return None
    return Step(
        id="retry-approval",
        title="Approval",
        ask=f"{RETRY_WORDS[advice.retry]} May they be sent again under these terms?",
        why=" ".join(advice.reasons),
        kind=StepKind.APPROVAL,
        approver=advice.approver,
        answers=(
            StepAnswer(id="yes", label="Yes, send them again so", to=to, approves=True),
            StepAnswer(id="no", label="No", because=otherwise),
        ),
    )


def retry_of(facts: Facts) -> Retry:
    """The most careful retry class among the known error texts, and never a bolder one than the
    incident had before. An unknown text among the failed records counts as look-up-first, since
    its outcome is unknown too."""
    return strictest(facts.doubt, told(facts)) or Retry.LOOK_UP_FIRST


def told(facts: Facts) -> Retry | None:
    """The most careful class that the present texts tell; None where they tell nothing of the
    records: our own call that was not taken says nothing of what became of theirs."""
    asked: set[Retry] = set()
    for text in (*(group.text for group in facts.failed), *facts.said_errors):
        hit = facts.best_hits.get(text)
        if hit is not None and not (text in facts.calls and hit.entry.retry in _HOPEFUL):
            asked.add(hit.entry.retry)
    unknown = any(group.text not in facts.best_hits for group in facts.failed)
    # Words of a call count only where no record has any: they are about the connection.
    if unknown or (not asked and any(text not in facts.best_hits for text in facts.said_errors)):
        asked.add(Retry.LOOK_UP_FIRST)
    return strictest(*asked)


def strictest(*classes: Retry | None) -> Retry | None:
    """The most careful of them; None without any."""
    return next((retry for retry in _CAUTION if retry in classes), None)


def retry_advice(facts: Facts, connection: Connection, now: datetime) -> str:
    """A few sentences: may the failed records be sent again, why, and whose word it takes."""
    advice = gate(questions(facts, connection, now), retry_of(facts))
    words = [_term(advice)]
    bolder = facts.doubt is not None and advice.retry is not (told(facts) or advice.retry)
    if bolder and not advice.keyed:
        words.append(_EARLIER)
    words += advice.terms
    if advice.approver is not None:
        words.append(_approval(connection.owners.of(advice.approver)))
    return " ".join(words)


def shared_advice(each: Sequence[Facts], now: datetime) -> str:
    """Of several connections, the gravest first: each has a class of its own, the most careful one
    is told first, and whoever owns the data of one approves for that one."""
    found = [(facts.connection, advice_of(facts, now)) for facts in each]
    terms: dict[str, list[str]] = {}
    for connection, advice in sorted(found, key=lambda one: _CAUTION.index(one[1].retry)):
        terms.setdefault(_term(advice), []).append(outside(connection.name))
    words = [
        term if len(terms) == 1 else f"Of {say_names(names)}: {term}"
        for term, names in terms.items()
    ]
    words += dict.fromkeys(term for _, advice in found for term in advice.terms)
    asked = [(one, one.owners.of(advice.approver)) for one, advice in found if advice.approver]
    owners = dict.fromkeys(who(owner) for _, owner in asked if owner)
    if owners:
        approve = "approves" if len(owners) == 1 else "approve, each for their own,"
        words.append(f"{', '.join(owners)} (functional owner) {approve} first.")
    if nobody := [outside(one.name) for one, owner in asked if owner is None]:
        words.append(f"Of {say_names(nobody)} no functional owner is named: name one first.")
    return " ".join(words)


def moves_money(connection: Connection) -> bool:
    """True when a second copy of a record could pay, bill or book something twice."""
    # Before its records: a feed of finance may call them “entries” or “lines”.
    if "finance" in connection.compliance or connection.domain.lower() == "finance":
        return True
    return not _entities(connection).isdisjoint(_MONEY)


def _term(advice: Advice) -> str:
    """The first sentence of it: where a key keeps second copies out, that is why it is safe."""
    return _SAME_KEY if advice.keyed else RETRY_WORDS[advice.retry]


_EARLIER = "It failed otherwise before; that counts until the data is confirmed."
_SAME_KEY = "Send them again with the same key: the target refuses a second copy by itself."


def _of_first_attempt(asked: Questions) -> Iterator[str]:
    if asked.accepted is None:
        yield "Nobody knows whether the first attempt was accepted."
    if asked.keyed:
        yield "The target refuses a second copy by its key."
    yield from _without_a_key(asked)


def _without_a_key(asked: Questions) -> Iterator[str]:
    if asked.accepted is None and not asked.keyed:
        yield "No key is known that keeps a second copy out: try one record first."


def _of_records(asked: Questions) -> Iterator[str]:
    if asked.money:
        yield "This is money: compare count and sum before and after."
    if asked.ordered:
        yield "The order matters: oldest first, and what others depend on before them."
    if asked.shifts:
        yield asked.shifts


def _shifts(facts: Facts, connection: Connection, now: datetime) -> str:
    if any(hit.entry.error_class is ErrorClass.PERIOD_CLOSED for hit in facts.hits):
        return "A resend would carry another date into the books."
    since = facts.failing_since
    if since is None:
        return ""
    # Posting dates follow the day of sending where nobody sets them.
    if moves_money(connection) and (since.year, since.month) != (now.year, now.month):
        return f"It fails since {when(since)}: sent now, records may land in another period."
    if now - since > STALE_AFTER and not _entities(connection).isdisjoint(_FLEETING):
        return f"It fails since {when(since)}: old stock or prices may overwrite newer ones."
    return ""


def _approval(approver: PersonId | None) -> str:
    if approver is None:
        return "No functional owner is named, so nobody may approve it yet: name one first."
    return f"{who(approver)} (functional owner) approves first."


def _entities(connection: Connection) -> set[str]:
    words = " ".join(connection.entities).lower().replace("-", " ").replace("_", " ").split()
    # Files say “invoices” and “invoice” alike, and the sets above have the singular.
    return {word.removesuffix("s") for word in words}
