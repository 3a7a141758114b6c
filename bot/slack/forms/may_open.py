"""Who may send a form, asked when it is asked for: by the same rules as its flow asks when it is
sent, so that nobody fills one in for nothing."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from bot.core.incidents.incident import LIVE
from bot.core.people.permissions import Deed, permit
from bot.flows import work
from bot.flows.changes import change_requests
from bot.flows.governance import attestation, credential_expiry
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.flows.people import permitted
from bot.flows.runbooks import gate_approvals, gate_holds
from bot.flows.triage import lessons
from bot.language.errors import NotAllowed
from bot.ports import Knowledge, Tx
from bot.slack.handler import Body, Handler
from bot.slack.ids import Modal, first_number, incident_number
from bot.slack.kit import Block
from bot.slack.permissions import MODALS, admit

Gate = Callable[[Tx, Knowledge, str, str, datetime], None]  # by what it carries, and for whom


async def open_form(handler: Handler, body: Body, form: Block, by: str = "") -> None:
    """Show the form to whoever pressed for it, or to `by`. Raises NotAllowed, naming who may send
    it, and whatever else its flow would refuse them for."""
    runtime, by = handler.runtime, by or await handler.actor(body)
    gate, carried = GATES[Modal(form["callback_id"])], str(form.get("private_metadata", ""))
    await runtime.store.run(gate, runtime.knowledge(), carried, by, runtime.clock())
    await handler.open_view(body, form)


async def open_to(handler: Handler, forms: Sequence[Modal], carried: str, by: str) -> list[Modal]:
    """Those of the forms that `by` may send. Raises NotAllowed where it is none, saying of each who
    may."""
    runtime = handler.runtime
    found: list[Modal] = []
    refused: dict[str, None] = {}
    for form in forms:
        try:
            await admit(handler, MODALS[form], by, carried)
            gate, now = GATES[form], runtime.clock()
            await runtime.store.run(gate, runtime.knowledge(), carried, by, now)
        except NotAllowed as error:
            refused[str(error)] = None
        else:
            found.append(form)
    if not found:
        raise NotAllowed(" ".join(refused))
    return found


def _anybody(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    """Whoever came in at the door (`permissions.admit`)."""


def _of_incident(deed: Deed) -> Gate:
    def gate(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
        incident = work.load(tx, first_number(carried))
        permitted.must(tx, knowledge, deed, incident, by, now)

    return gate


def _data(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    number, _, of = carried.partition("|")
    respond.may_be_wrong(tx, knowledge, incident_number(number), by, now, of)


def _reopen(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    """Whoever may not open it asks an owner by the same form."""
    about = permitted.about_incident(tx, knowledge, work.load(tx, first_number(carried)))
    permit(Deed.REOPEN, about, permitted.doer(tx, knowledge, by, now))


def _merge(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    one = work.load(tx, first_number(carried))
    others = [other for other in tx.incidents(LIVE) if other != one]
    merge.must_be_named_for_either(tx, knowledge, one, others, by, now)


def _split(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    whole = work.load(tx, first_number(carried))
    merge.must_be_named_for_either(tx, knowledge, whole, tx.parts_of(whole.id), by, now)


def _declare(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    """Which connection is chosen in the form."""
    refused: NotAllowed | None = None
    for connection in knowledge.catalogue.connections.values():
        try:
            permitted.must_for(tx, knowledge, Deed.DECLARE, connection, by, now)
        except NotAllowed as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def _release(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    number, step, *_ = carried.split("|")
    gate_holds.must_decide(tx, incident_number(number), step, by, now)


def _approval(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    gate_approvals.must_decide(tx, first_number(carried), by, now)


def _successor(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    attestation.must_own(tx, first_number(carried), by)


def _credential(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    credential_expiry.must_answer(
        tx, knowledge, credential_expiry.find(tx, knowledge, carried), by, now
    )


def _lesson(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    proposal = lessons.open_proposal(tx, first_number(carried))
    lessons.must_decide(tx, knowledge, proposal, by, now)


def _change(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    change_requests.must_decide(tx, first_number(carried), by, now)


def _change_step(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    change_requests.must_work_on(tx, knowledge, first_number(carried), by, now)


def _trial(tx: Tx, knowledge: Knowledge, carried: str, by: str, now: datetime) -> None:
    connection = knowledge.catalogue.connections.get(carried.split("|", 2)[1])
    if connection is not None:
        permitted.must_for(tx, knowledge, Deed.ANSWER_FOR, connection, by, now)


_PLAIN = (
    *(Modal.HAND_OVER, Modal.RESOLVE, Modal.LANE, Modal.RUNBOOK, Modal.SKIP, Modal.HOLD),
    *(Modal.TICKET, Modal.JOINT_HELD, Modal.REVIEW, Modal.DRILL_END, Modal.TEACH),
)
GATES: Mapping[Modal, Gate] = {
    **{modal: _of_incident(MODALS[modal]) for modal in _PLAIN},
    Modal.NOTE: _anybody,
    Modal.TIMELINE: _anybody,
    Modal.CHANGE: _anybody,
    Modal.REJECT_DATA: _data,
    Modal.REOPEN: _reopen,
    Modal.MERGE: _merge,
    Modal.SPLIT: _split,
    Modal.DECLARE: _declare,
    **dict.fromkeys((Modal.RELEASE, Modal.HOLD_DENY), _release),
    **dict.fromkeys((Modal.APPROVE, Modal.DENY), _approval),
    Modal.SUCCESSOR: _successor,
    Modal.ROTATED: _credential,
    **dict.fromkeys((Modal.LESSON_EDIT, Modal.LESSON_REJECT), _lesson),
    **dict.fromkeys((Modal.CHANGE_REJECT, Modal.CHANGE_ASK), _change),
    **dict.fromkeys((Modal.CHANGE_ANSWER, Modal.CHANGE_DOCUMENT, Modal.CHANGE_CLOSE), _change_step),
    Modal.TRIAL: _trial,
}
