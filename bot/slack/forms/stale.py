"""Forms that would write over what somebody else said while they stood open."""

from collections.abc import Mapping

from bot.flows.incidents import overtaken
from bot.slack.forms.form import number_of
from bot.slack.handler import Body, Handler
from bot.slack.ids import Modal, opened_at

# By form: the kinds of the timeline that it may not have seen.
OF_INCIDENTS: Mapping[Modal, frozenset[str]] = {
    Modal.HAND_OVER: frozenset({"handed over", "lane"}),
    Modal.LANE: frozenset({"handed over", "lane"}),
    Modal.TICKET: frozenset({"ticket"}),
    Modal.JOINT_HELD: frozenset({"joint call"}),
    Modal.RUNBOOK: frozenset({"runbook"}),
}
OF_CHANGES = frozenset(
    {
        Modal.CHANGE_REJECT,
        Modal.CHANGE_ASK,
        Modal.CHANGE_ANSWER,
        Modal.CHANGE_DOCUMENT,
        Modal.CHANGE_CLOSE,
    }
)


async def refuse(handler: Handler, modal: Modal, body: Body, by: str) -> None:
    """Raises Refused for a form that has not seen what somebody else did."""
    at, do = opened_at(body), handler.runtime.do
    if at is None:
        return
    if kinds := OF_INCIDENTS.get(modal):
        await do(overtaken.refuse_incident, number_of(body), kinds, by=by, opened_at=at)
    elif modal in OF_CHANGES:
        await do(overtaken.refuse_change, number_of(body), by=by, opened_at=at)
