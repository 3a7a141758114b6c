"""How a check shows who it is: basic login, OAuth 2.0 client credentials, client certificate.

These are the logins of the monitoring. That one of them fails says nothing about the connection.
"""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from bot.checks.setting_types import WebAddress


class _Login(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Basic(_Login):
    """Login of HTTP basic authentication."""

    user: str = Field(description="User name.")
    password: SecretStr = Field(
        SecretStr(""), description="Password; write ${NAME} to take it from outside."
    )


class OAuth(_Login):
    """OAuth 2.0 client credentials: a token is fetched, kept, and renewed before it ends."""

    token_url: WebAddress = Field(description="Address of the token endpoint.")
    client_id: str = Field(description="Client id.")
    client_secret: SecretStr | None = Field(None, description="Client secret; write ${NAME}.")
    key: SecretStr | None = Field(
        None, description="Private key that signs an assertion instead; write ${file:/path}."
    )
    key_id: str | None = Field(None, description="Id under which the key is known there.")
    scope: str | None = Field(None, description="Scopes, separated by spaces.")
    more: Mapping[str, str] = Field(
        default_factory=dict, description="Further fields of the request, such as audience."
    )
    send: Literal["body", "basic", "json"] = Field(
        "body", description="Where id and secret are put."
    )

    @model_validator(mode="after")
    def _one_proof(self) -> Self:
        if (self.client_secret is None) == (self.key is None):
            raise ValueError("give either a client_secret or a key")
        if self.key is not None and self.send == "basic":
            # RFC 7523 has the client's assertion as a field of the form, and no way to put it in a
            # header.
            raise ValueError("an assertion is sent in the body")
        return self


class ClientCertificate(_Login):
    """The certificate that a far end asks of its callers (mutual TLS)."""

    certificate: str = Field(description="Path of the PEM file with the certificate.")
    key: str | None = Field(None, description="Path of the key, when it is a file of its own.")
    passphrase: SecretStr | None = Field(None, description="Passphrase of the key; write ${NAME}.")
