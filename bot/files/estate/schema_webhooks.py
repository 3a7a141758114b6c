"""The shape of `webhooks`: what runbook steps may call once a person has confirmed it."""

from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from bot.core.estate.check_spec import Webhook
from bot.core.runbooks.webhook_calls import PLACES, unknown_place
from bot.files.estate.fields import Duration, Name, Shape, Text, WebAddress
from bot.language.headers import header_mistake
from bot.language.mistakes import Mistake

LONGEST = timedelta(minutes=2)


class WebhookShape(Shape):
    """An address that a runbook step of kind `action` may call."""

    url: WebAddress = Field(description="Address; write ${NAME} where it holds a secret.")
    method: Literal["POST", "PUT", "PATCH"] = Field("POST", description="HTTP method.")
    headers: dict[Name, Text] = Field(
        default_factory=dict, description="Headers; write ${NAME} for a secret."
    )
    body: Any = Field(
        None, description="Text, or a mapping sent as JSON; {{connection}} and the like are filled."
    )
    timeout: Duration = Field(timedelta(seconds=20), description="How long to wait for an answer.")
    confirm: Text = Field("", description="What a person is asked before it is called.")
    resends: bool = Field(
        False, description="It sends records again, so the retry gate is asked first."
    )
    private: bool = Field(False, description="It may be inside the own network, also without TLS.")

    @field_validator("timeout")
    @classmethod
    def _bounded(cls, timeout: timedelta) -> timedelta:
        if not timedelta(0) < timeout <= LONGEST:
            raise ValueError("the time-out is more than nothing and at most 2m")
        return timeout

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: dict[str, str]) -> dict[str, str]:
        for name, value in headers.items():
            if mistake := header_mistake(name, value):
                raise Mistake(mistake, name)
        return headers

    @field_validator("body")
    @classmethod
    def _places(cls, body: Any) -> Any:
        unknown = unknown_place(body)
        if unknown:
            known = ", ".join("{{" + place + "}}" for place in PLACES)
            raise ValueError(f"nothing fills {{{{{unknown}}}}}; there are {known}")
        return body

    @model_validator(mode="after")
    def _not_in_the_open(self) -> Self:
        if not self.private and not self.url.lower().startswith("https://"):
            raise ValueError("its url needs https://, unless it says `private: true`")
        return self

    def webhook(self, id: str) -> Webhook:
        return Webhook(
            id=id,
            url=self.url,
            method=self.method,
            headers=dict(self.headers),
            body=self.body,
            timeout=self.timeout,
            confirm=self.confirm,
            resends=self.resends,
            private=self.private,
        )
