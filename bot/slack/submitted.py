"""Reading a submitted modal: its fields and the incident it is about."""

from datetime import UTC, datetime
from typing import Any

from bot.slack.desk import Body
from bot.slack.ids import incident_number


def given(body: Body, name: str) -> str:
    """What was entered or chosen in the field `name`; empty when nothing was."""
    element: dict[str, Any] = next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})
    chosen = (element.get("selected_option") or {}).get("value")
    user = element.get("selected_user")
    return str(element.get("value") or chosen or user or "").strip()


def moment_given(body: Body, name: str) -> datetime | None:
    """The moment chosen in the field `name`; None when none was."""
    element: dict[str, Any] = next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})
    chosen = element.get("selected_date_time")
    return datetime.fromtimestamp(int(chosen), UTC) if chosen else None


def ticked(body: Body, name: str) -> frozenset[str]:
    """The values of the boxes that were ticked in the field `name`."""
    element: dict[str, Any] = next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})
    return frozenset(str(one["value"]) for one in element.get("selected_options") or ())


def number_of(body: Body) -> int:
    return incident_number(str(body["view"].get("private_metadata", "")))


def given_many(body: Body, name: str) -> tuple[str, ...]:
    """What was chosen in a field that takes several; Slack ids for people."""
    element: dict[str, Any] = next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})
    chosen = [str(item.get("value")) for item in element.get("selected_options") or ()]
    return tuple(chosen or (str(user) for user in element.get("selected_users") or ()))


def given_moment(body: Body, name: str) -> datetime | None:
    """The moment chosen in the field `name`, in UTC; None when none was."""
    element: dict[str, Any] = next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})
    seconds = element.get("selected_date_time")
    return datetime.fromtimestamp(int(seconds), UTC) if seconds else None
