"""Reads the arguments of a Web API call the way Slack does.

JSON body, form, multipart and query string are merged; values become what the method table says.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import web

from slack_standin.state.refusal import Json, Refusal, invalid_arguments
from slack_standin.webapi.method_table import MethodSpec

_TRUE = {"1", "true", "True", "yes"}
_FALSE = {"0", "false", "False", "no", ""}

# Methods that answer a missing argument with a word of their own.
_MISSING: dict[tuple[str, str], str] = {
    ("chat.postMessage", "channel"): "channel_not_found",
    ("conversations.create", "name"): "invalid_name_required",
    ("conversations.rename", "name"): "invalid_name_required",
    ("conversations.invite", "users"): "no_user",
    ("dnd.teamInfo", "users"): "no_users_provided",
    ("files.getUploadURLExternal", "length"): "missing_argument",
    ("reactions.add", "timestamp"): "no_item_specified",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawCall:
    """What arrived, before it is checked against a method."""

    args: Json
    header_token: str
    charset_missing: bool

    @property
    def token(self) -> str:
        return self.header_token or str(self.args.get("token", ""))


async def read_request(request: web.Request) -> RawCall:
    """Merge all places arguments can be in; the body wins over the query string."""
    args: Json = dict(request.query)
    charset_missing = False
    if request.can_read_body:
        kind = request.content_type
        if kind == "application/json":
            charset_missing = request.charset is None
            args.update(_json_object(await request.text()))
        elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
            form = await request.post()
            args.update({k: v for k, v in form.items() if isinstance(v, str)})
        elif await request.read():
            raise Refusal("invalid_post_type")
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    header_token = token.strip() if scheme.lower() == "bearer" else ""
    return RawCall(args=args, header_token=header_token, charset_missing=charset_missing)


def _json_object(text: str) -> Json:
    if not text:
        return {}
    try:
        value = json.loads(text)
    except ValueError as problem:
        raise Refusal("invalid_json") from problem
    if not isinstance(value, dict):
        raise Refusal("json_not_object")
    value.pop("token", None)  # Slack takes a token from a JSON body in the header only.
    return value


def coerce(spec: MethodSpec, raw: Mapping[str, object]) -> Json:
    """The arguments with their types; unknown ones are dropped, nulls count as absent.

    Raises Refusal for a missing required argument or a value of the wrong type.
    """
    args: Json = {}
    for name, rule in spec.args.items():
        value = raw.get(name)
        if value is not None:
            args[name] = _value(name, value, rule)
    for name in spec.required:
        if args.get(name) in (None, ""):
            special = _MISSING.get((spec.name, name))
            if special is not None:
                raise Refusal(special)
            raise invalid_arguments(f"missing required field: {name}")
    return args


def _value(name: str, value: object, rule: Json) -> object:
    match rule["type"]:
        case "boolean":
            return _boolean(name, value)
        case "number" | "integer":
            return _number(name, value)
        case "json" | "array":
            return _structure(value)
    if isinstance(value, list | tuple):
        return ",".join(map(str, value))
    if isinstance(value, dict):
        raise invalid_arguments(f"must provide a string [json-pointer:/{name}]")
    text = str(value).lower() if isinstance(value, bool) else str(value)
    longest = rule.get("max")
    if longest and len(text) > longest:
        raise invalid_arguments(
            f"must be less than {longest + 1} characters [json-pointer:/{name}]"
        )
    if rule.get("enum") and text not in rule["enum"]:
        raise invalid_arguments(f"must be a valid enum value [json-pointer:/{name}]")
    return text


def _boolean(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    if str(value) in _TRUE:
        return True
    if str(value) in _FALSE:
        return False
    raise invalid_arguments(f"must be a boolean [json-pointer:/{name}]")


def _number(name: str, value: object) -> int:
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError) as problem:
        raise invalid_arguments(f"must provide an integer [json-pointer:/{name}]") from problem


def _structure(value: object) -> object:
    """A JSON field may come as text; text that is no JSON stays text for the method to refuse."""
    if not isinstance(value, str):
        return value
    if not value:
        return None
    try:
        return json.loads(value)
    except ValueError:
        return value
