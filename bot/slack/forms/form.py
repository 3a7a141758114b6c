"""Reading a submitted modal: its fields and the incident it is about."""

from datetime import UTC, datetime
from typing import Any

from bot.slack.handler import Body
from bot.slack.ids import carried, first_number


def _element(body: Body, name: str) -> dict[str, Any]:
    """The state of the field `name`; empty when the form has none."""
    return next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})


def given(body: Body, name: str) -> str:
    """What was entered or chosen in the field `name`; empty when nothing was."""
    element = _element(body, name)
    chosen = (element.get("selected_option") or {}).get("value")
    user = element.get("selected_user")
    return str(element.get("value") or chosen or user or "").strip()


def moment_given(body: Body, name: str) -> datetime | None:
    """The moment chosen in the field `name`; None when none was."""
    element = _element(body, name)
    chosen = element.get("selected_date_time")
    return None if chosen is None else datetime.fromtimestamp(int(chosen), UTC)


def ticked(body: Body, name: str) -> frozenset[str]:
    """The values of the boxes that were ticked in the field `name`."""
    element = _element(body, name)
    return frozenset(str(one["value"]) for one in element.get("selected_options") or ())


def number_of(body: Body) -> int:
    return first_number(carried(body))


def given_many(body: Body, name: str) -> tuple[str, ...]:
    """What was chosen in a field that takes several; Slack ids for people."""
    element = _element(body, name)
    chosen = [str(item.get("value")) for item in element.get("selected_options") or ()]
    return tuple(chosen or (str(user) for user in element.get("selected_users") or ()))
