"""How the stand-in says no. A refusal carries the words Slack's API would answer with."""

from typing import Any

Json = dict[str, Any]


class Refusal(Exception):
    """A Web API call that fails: `error` is Slack's code, `extra` further fields of the answer."""

    def __init__(
        self,
        error: str,
        *,
        status: int = 200,
        headers: dict[str, str] | None = None,
        extra: Json | None = None,
    ) -> None:
        super().__init__(error)
        self.error = error
        self.status = status
        self.headers = headers or {}
        self.extra = extra or {}

    def body(self) -> Json:
        return {"ok": False, "error": self.error, **self.extra}


class PersonError(Exception):
    """What a member tried in the client and could not do, as a sentence for that member."""


def invalid_arguments(*messages: str) -> Refusal:
    """`invalid_arguments` with the explanations Slack puts in `response_metadata.messages`."""
    listed = [f"[ERROR] {message}" for message in messages]
    return Refusal("invalid_arguments", extra={"response_metadata": {"messages": listed}})
