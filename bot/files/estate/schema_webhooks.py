"""What the estate file says of `webhooks`: what runbook steps may call once a person says so."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator

from bot.core.estate.check_spec import Webhook
from bot.core.runbooks.webhook_calls import PLACES, unknown_place
from bot.files.estate.entries import Entry, key
from bot.files.estate.fields import Duration, Name, Text, WebAddress
from bot.language.headers import header_mistake
from bot.language.mistakes import Mistake

LONGEST = timedelta(minutes=2)


def _bounded(timeout: timedelta) -> timedelta:
    if timeout > LONGEST:
        raise ValueError("the time-out is more than nothing and at most 2m")
    return timeout


def _can_be_sent(headers: Mapping[str, str]) -> Mapping[str, str]:
    for name, value in headers.items():
        if mistake := header_mistake(name, value):
            raise Mistake(mistake, name)
    return headers


def _places(body: Any) -> Any:
    unknown = unknown_place(body)
    if unknown:
        known = ", ".join("{{" + place + "}}" for place in PLACES)
        raise ValueError(f"nothing fills {{{{{unknown}}}}}; there are {known}")
    return body


def _not_in_the_open(hook: Webhook) -> None:
    if not hook.private and not hook.url.lower().startswith("https://"):
        raise ValueError("its url needs https://, unless it says `private: true`")


WEBHOOKS = {
    Webhook: Entry(
        "An address that a runbook step of kind `action` may call.",
        url=key("Address; write ${NAME} where it holds a secret.", WebAddress),
        method=key("HTTP method.", Literal["POST", "PUT", "PATCH"]),
        headers=key(
            "Headers; write ${NAME} for a secret.",
            Annotated[dict[Name, Text], AfterValidator(_can_be_sent)],
        ),
        body=key(
            "Text, or a mapping sent as JSON; {{connection}} and the like are filled.",
            Annotated[Any, AfterValidator(_places)],
        ),
        timeout=key(
            "How long to wait for an answer.", Annotated[Duration, AfterValidator(_bounded)]
        ),
        confirm="What a person is asked before it is called.",
        resends="It sends records again, so the retry gate is asked first.",
        private="It may be inside the own network, also without TLS.",
    ).where(_not_in_the_open)
}
