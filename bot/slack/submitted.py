"""Reading a submitted modal: its fields and the incident it is about."""

from typing import Any

from bot.slack.desk import Body
from bot.slack.ids import incident_number


def given(body: Body, name: str) -> str:
    """What was entered or chosen in the field `name`; empty when nothing was."""
    element: dict[str, Any] = next(iter(body["view"]["state"]["values"].get(name, {}).values()), {})
    chosen = (element.get("selected_option") or {}).get("value")
    user = element.get("selected_user")
    return str(element.get("value") or chosen or user or "").strip()


def number_of(body: Body) -> int:
    return incident_number(str(body["view"].get("private_metadata", "")))
