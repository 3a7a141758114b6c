"""What the inputs of a view hold: initial values, what is kept, what is missing. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from slack_standin.state.refusal import Json

# The field of a state entry per element type.
VALUE_FIELDS: Mapping[str, str] = {
    "plain_text_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "number_input": "value",
    "rich_text_input": "rich_text_value",
    "static_select": "selected_option",
    "external_select": "selected_option",
    "radio_buttons": "selected_option",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
    "multi_static_select": "selected_options",
    "multi_external_select": "selected_options",
    "checkboxes": "selected_options",
    "multi_users_select": "selected_users",
    "multi_conversations_select": "selected_conversations",
    "multi_channels_select": "selected_channels",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "datetimepicker": "selected_date_time",
    "file_input": "files",
}

_INITIAL_FIELDS: Mapping[str, str] = {
    "value": "initial_value",
    "rich_text_value": "initial_value",
    "selected_option": "initial_option",
    "selected_options": "initial_options",
    "selected_user": "initial_user",
    "selected_users": "initial_users",
    "selected_conversation": "initial_conversation",
    "selected_conversations": "initial_conversations",
    "selected_channel": "initial_channel",
    "selected_channels": "initial_channels",
    "selected_date": "initial_date",
    "selected_time": "initial_time",
    "selected_date_time": "initial_date_time",
    "files": "",
}

_LISTS = frozenset(
    {
        "selected_options",
        "selected_users",
        "selected_conversations",
        "selected_channels",
        "files",
    }
)


def elements_of(block: Json) -> Iterator[Json]:
    """The interactive elements of one block."""
    for key in ("accessory", "element"):
        if isinstance(block.get(key), dict):
            yield block[key]
    if block.get("type") in ("actions", "context_actions", "card"):
        yield from block.get("elements") or block.get("actions") or ()


def children_key(block: Json) -> str | None:
    """The field in which a block holds further blocks, None if it cannot."""
    return {"container": "child_blocks", "carousel": "elements"}.get(str(block.get("type")))


def flat(blocks: Iterable[Json]) -> Iterator[Json]:
    """Every block in reading order, those inside containers and carousels included."""
    for block in blocks:
        yield block
        key = children_key(block)
        if key is not None:
            yield from block.get(key) or ()


def initial_values(blocks: Iterable[Json]) -> Json:
    """`state.values` of fresh blocks; an empty input is null, or [] where several are allowed."""
    values: Json = {}
    for block in flat(blocks):
        for element in elements_of(block):
            field = VALUE_FIELDS.get(str(element.get("type")))
            if field is None or "action_id" not in element:
                continue
            empty: object = [] if field in _LISTS else None
            start = element.get(_INITIAL_FIELDS[field], empty)
            entry = {"type": element["type"], field: start}
            values.setdefault(block["block_id"], {})[element["action_id"]] = entry
    return values


def kept_values(old: Json, fresh: Json) -> Json:
    """`fresh`, with the typed values of inputs whose block_id and action_id did not change."""
    kept: Json = {}
    for block_id, actions in fresh.items():
        kept[block_id] = {}
        for action_id, entry in actions.items():
            known = old.get(block_id, {}).get(action_id)
            same = known is not None and known["type"] == entry["type"]
            kept[block_id][action_id] = known if same else entry
    return kept


def merged(values: Json, typed: Json) -> Json:
    """`values` with what the client typed; ids that are not in the view are ignored."""
    result: Json = {}
    for block_id, actions in values.items():
        result[block_id] = {}
        for action_id, entry in actions.items():
            given = (typed.get(block_id) or {}).get(action_id)
            field = VALUE_FIELDS[entry["type"]]
            if isinstance(given, dict) and field in given:
                value = given[field]
                empty: object = [] if field in _LISTS else None
                entry = {**entry, field: empty if value in ("", None) else value}
            result[block_id][action_id] = entry
    return result


def input_problems(blocks: Iterable[Json], values: Json) -> dict[str, str]:
    """What the client says before it sends a form: block_id to message, empty when all is well."""
    problems: dict[str, str] = {}
    for block in blocks:
        if block.get("type") != "input":
            continue
        element = block["element"]
        entry = values.get(block["block_id"], {}).get(element["action_id"], {})
        value = entry.get(VALUE_FIELDS[element["type"]])
        problem = _problem(block, element, value)
        if problem:
            problems[block["block_id"]] = problem
    return problems


def _problem(block: Json, element: Json, value: object) -> str:
    if value in (None, "", []):
        return "" if block.get("optional") else "Please complete this required field."
    if not isinstance(value, str):
        return ""
    shortest, longest = element.get("min_length", 0), element.get("max_length", 3000)
    if len(value) < shortest:
        return f"Please enter at least {shortest} characters."
    if len(value) > longest:
        return f"Please enter no more than {longest} characters."
    if element["type"] == "number_input":
        return _number_problem(element, value)
    if element["type"] == "email_text_input" and "@" not in value:
        return "Please enter a valid email address."
    if element["type"] == "url_text_input" and not value.startswith(("http://", "https://")):
        return "Please enter a valid URL."
    return ""


def _number_problem(element: Json, value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return "Please enter a number."
    if not element.get("is_decimal_allowed", False) and not number.is_integer():
        return "Please enter a whole number."
    if "min_value" in element and number < float(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and number > float(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return ""
