"""The settings of the probe kind `http`: what to ask, as whom, and how to read the answer."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote_plus
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, SecretStr, field_validator, model_validator

from bot.checks.http.value_paths import Condition, FailedMapping, Pages, Path, Quota, Source
from bot.checks.login import Basic, ClientCertificate, OAuth
from bot.checks.probe import ProbeSettings
from bot.checks.secrets.secrecy import secrets_in, secrets_of_url
from bot.checks.setting_types import Zone, origin_of, require_web_address
from bot.checks.templates import require_templates
from bot.core.monitoring.signals import SWITCHES, TEXTS, TIMESTAMPS, Signal
from bot.language.errors import Mistake, Place
from bot.language.headers import header_mistake

_HARMLESS_HEADERS = frozenset({"accept", "accept-language", "content-type", "prefer", "user-agent"})
StatusCode = Annotated[int, Field(ge=100, le=599)]
Meaning = Literal["read", "unreachable", "blind"]


class HttpSettings(ProbeSettings):
    """Reads a status endpoint over HTTP."""

    url: Annotated[str, AfterValidator(require_templates), AfterValidator(require_web_address)] = (
        Field(description="Address of the status endpoint, http or https.")
    )
    params: Annotated[Mapping[str, str | int | float | bool], AfterValidator(require_templates)] = (
        Field(default_factory=dict, description="Query parameters, added to the address.")
    )
    method: Literal["GET", "POST"] = Field("GET", description="How to ask.")
    headers: Mapping[str, SecretStr] = Field(
        default_factory=dict, description="Request headers; write ${NAME} for secret values."
    )
    body: Annotated[Any, AfterValidator(require_templates)] = Field(
        None, description="JSON body of a POST."
    )
    body_text: Annotated[str | None, AfterValidator(require_templates)] = Field(
        None, description="Text body of a POST, such as SOAP."
    )
    bearer: SecretStr | None = Field(None, description="Token for an Authorization header.")
    basic: Basic | None = Field(None, description="Login for basic authentication.")
    oauth: OAuth | None = Field(None, description="OAuth 2.0 client credentials.")
    client_cert: ClientCertificate | None = Field(None, description="For mutual TLS.")
    expect: tuple[int, ...] = Field(
        (200,), min_length=1, description="HTTP status codes that are good."
    )
    on_status: Mapping[StatusCode, Meaning] = Field(
        default_factory=dict,
        description="What a status code means: read, unreachable or blind.",
    )
    redirects: int = Field(3, ge=0, le=5, description="How many redirects a GET may follow.")
    timezone: Zone = Field("UTC", description="Zone of timestamps without an offset.")
    format: Literal["json", "xml", "text"] = Field("json", description="What the answer is.")
    signals: Mapping[Signal, Source] = Field(
        default_factory=dict,
        description="Signal name to a path, or to {path, header or regex, pick, …}.",
    )
    failed: FailedMapping | None = Field(None, description="Where records in error are listed.")
    pages: Pages | None = Field(None, description="Where the next page of the answer is.")
    error_when: tuple[Condition, ...] = Field(
        (), description="The answer is an error when one of these holds."
    )
    ok_when: tuple[Condition, ...] = Field(
        (), description="The answer is an error unless all of these hold."
    )
    error_text: Path | None = Field(None, description="Where such an answer says why.")
    error_means: Literal["unreachable", "blind"] = Field(
        "unreachable", description="What such an answer means."
    )
    requested_version: str | None = Field(
        None, description="API version asked for; compared with the signal `version`."
    )
    quota: Quota | None = Field(None, description="How much of the allowed calls is used up.")

    @field_validator("headers")
    @classmethod
    def _can_be_sent(cls, headers: Mapping[str, SecretStr]) -> Mapping[str, SecretStr]:
        for name, value in headers.items():
            if mistake := header_mistake(name, value.get_secret_value()):
                raise Mistake(mistake, name)
        return headers

    @field_validator("bearer")
    @classmethod
    def _one_line(cls, token: SecretStr | None) -> SecretStr | None:
        if token and (mistake := header_mistake("authorization", token.get_secret_value())):
            raise ValueError(mistake)
        return token

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if sum(part is not None for part in (self.bearer, self.basic, self.oauth)) > 1:
            raise ValueError("give one of bearer, basic and oauth")
        if self.body is not None and self.body_text is not None:
            raise ValueError("give one of body and body_text")
        if self.requested_version and Signal.VERSION not in self.signals:
            raise ValueError("requested_version needs the signal version to compare with")
        if self.pages and self.format != "json":
            raise ValueError("pages are read of JSON only")
        return self

    @model_validator(mode="after")
    def _can_work(self) -> Self:
        for key in ("body", "body_text"):
            if self.method == "GET" and getattr(self, key) is not None:
                said = "a GET is sent without a body"
                raise Mistake(said, key, hint="write method: POST, or leave the body out")
        # A pattern that matches only words never gives a number: every look would lack the signal.
        for name, source in self.signals.items():
            if name not in TEXTS | TIMESTAMPS | SWITCHES and source.gives_words():
                said = f"{name} is a number, and what this pattern matches never is one"
                raise Mistake(said, "signals", name, "regex", hint="put ( ) around the number")
        for at, path in self._paths():
            if self.format == "text" or path.startswith("/") != (self.format == "xml"):
                raise Mistake(f"'{path}' is not a path for the format {self.format}", *at)
        return self

    def _paths(self) -> Iterator[tuple[Place, str]]:
        """Every path into the body, with where it is written."""
        quota = self.quota
        shares = ("used", "remaining", "limit") if quota else ()
        sources: list[tuple[Place, Source]] = [(("signals", k), s) for k, s in self.signals.items()]
        sources += [(("quota", k), s) for k in shares if (s := getattr(quota, k))]
        found = [((*at, k), getattr(s, k)) for at, s in sources for k in ("path", "of")]
        for key in ("error_when", "ok_when"):
            found += [((key, n, "path"), one.path) for n, one in enumerate(getattr(self, key))]
        found += [(("failed", "path"), self.failed.path if self.failed else None)]
        found += [(("error_text",), self.error_text)]
        return ((at, path) for at, path in found if path)

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    def gives(self) -> frozenset[str]:
        made = {
            Signal.FAILED: self.failed,
            Signal.VERSION_REQUESTED: self.requested_version,
            Signal.VERSION_DRIFT: self.requested_version,
            Signal.QUOTA_USED: self.quota,
        }
        known = (signal for signal, source in made.items() if source)
        return frozenset({Signal.REACHABLE, Signal.LATENCY, *self.signals, *known})

    def origin(self) -> str:
        return origin_of(self.url)

    def reads_body(self) -> bool:
        """Whether anything is taken from the body, which must then be of the given format."""
        return any(self._paths()) or any(source.regex for source in self.signals.values())

    def secrets(self) -> frozenset[str]:
        """Also what a far end makes of them: a token without its scheme, a login as it is sent."""
        # Their usual values, such as application/json, stand in every error page and say nothing.
        headers = {k: v for k, v in self.headers.items() if k.lower() not in _HARMLESS_HEADERS}
        logins = (self.bearer, self.basic, self.oauth, self.client_cert)
        marked = (*secrets_in((headers, logins)), *self._marked)
        # "Bearer abc": a far end that echoes the token echoes it without the scheme.
        parts = (part for secret in marked for part in (secret, *secret.split()))
        return frozenset((*parts, *secrets_of_url(self.url), *self._logins()))

    def identified(self) -> bool:
        """Whether the check shows who it is, in whatever way."""
        return self.client_cert is not None or bool(self.secrets())

    def _logins(self) -> Iterator[str]:
        if self.basic:
            yield f"{self.basic.user}:{self.basic.password.get_secret_value()}"
        if self.oauth and self.oauth.client_secret:
            login = (self.oauth.client_id, self.oauth.client_secret.get_secret_value())
            yield ":".join(login)
            yield ":".join(map(quote_plus, login))  # as OAuth codes it for the Basic header
