"""Who may send a form, asked when it is asked for: by the same rules as its flow asks when it is
sent, so that nobody fills one in for nothing."""

from collections.abc import Callable, Mapping, Sequence

from bot.core.incidents.incident import LIVE
from bot.core.people.permissions import Deed, permit
from bot.flows.changes import change_requests
from bot.flows.governance import attestation, credential_expiry
from bot.flows.incidents import respond
from bot.flows.incidents.grouping import merge
from bot.flows.people import permitted
from bot.flows.runbooks import gate_approvals, gate_holds
from bot.flows.triage import lessons
from bot.flows.work import Work
from bot.language.errors import NotAllowed
from bot.slack.handler import Body, Handler
from bot.slack.ids import Modal, first_number, incident_number
from bot.slack.kit import Block
from bot.slack.permissions import MODALS, admit

Gate = Callable[[Work, str, str], None]  # by what it carries, and for whom


async def open_form(handler: Handler, body: Body, form: Block, by: str = "") -> None:
    """Show the form to whoever pressed for it, or to `by`. Raises NotAllowed, naming who may send
    it, and whatever else its flow would refuse them for."""
    runtime, by = handler.runtime, by or await handler.actor(body)
    gate, carried = GATES[Modal(form["callback_id"])], str(form.get("private_metadata", ""))
    await runtime.do(gate, carried, by)
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
            await runtime.do(GATES[form], carried, by)
        except NotAllowed as error:
            refused[str(error)] = None
        else:
            found.append(form)
    if not found:
        raise NotAllowed(" ".join(refused))
    return found


def _anybody(work: Work, carried: str, by: str) -> None:
    """Whoever came in at the door (`permissions.admit`)."""


def _of_incident(deed: Deed) -> Gate:
    def gate(work: Work, carried: str, by: str) -> None:
        permitted.must(work, deed, work.incident(first_number(carried)), by)

    return gate


def _data(work: Work, carried: str, by: str) -> None:
    number, _, of = carried.partition("|")
    respond.may_be_wrong(work, incident_number(number), by, of)


def _reopen(work: Work, carried: str, by: str) -> None:
    """Whoever may not open it asks an owner by the same form."""
    about = permitted.about_incident(work, work.incident(first_number(carried)))
    permit(Deed.REOPEN, about, permitted.doer(work, by))


def _merge(work: Work, carried: str, by: str) -> None:
    one = work.incident(first_number(carried))
    others = [other for other in work.tx.incidents(LIVE) if other != one]
    merge.must_be_named_for_either(work, one, others, by)


def _split(work: Work, carried: str, by: str) -> None:
    whole = work.incident(first_number(carried))
    merge.must_be_named_for_either(work, whole, work.tx.parts_of(whole.id), by)


def _declare(work: Work, carried: str, by: str) -> None:
    """Which connection is chosen in the form."""
    refused: NotAllowed | None = None
    for connection in work.catalogue.connections.values():
        try:
            permitted.must_for(work, Deed.DECLARE, connection, by)
        except NotAllowed as error:
            refused = error
        else:
            return
    if refused is not None:
        raise refused


def _release(work: Work, carried: str, by: str) -> None:
    number, step, *_ = carried.split("|")
    gate_holds.must_decide(work, incident_number(number), step, by)


def _approval(work: Work, carried: str, by: str) -> None:
    gate_approvals.must_decide(work, first_number(carried), by)


def _successor(work: Work, carried: str, by: str) -> None:
    attestation.must_own(work, first_number(carried), by)


def _credential(work: Work, carried: str, by: str) -> None:
    credential_expiry.must_answer(work, credential_expiry.find(work, carried), by)


def _lesson(work: Work, carried: str, by: str) -> None:
    proposal = lessons.open_proposal(work, first_number(carried))
    lessons.must_decide(work, proposal, by)


def _change(work: Work, carried: str, by: str) -> None:
    change_requests.must_decide(work, first_number(carried), by)


def _change_step(work: Work, carried: str, by: str) -> None:
    change_requests.must_work_on(work, first_number(carried), by)


def _trial(work: Work, carried: str, by: str) -> None:
    connection = work.catalogue.connections.get(carried.split("|", 2)[1])
    if connection is not None:
        permitted.must_for(work, Deed.ANSWER_FOR, connection, by)


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
