"""Probe kind `sftp`: logs in, lists a folder, and says how many files wait and how old they are.

The host must show the key that is pinned here. One that shows another is not talked to: it is
reported, since whoever exchanges files with it will refuse it as well.
"""

from datetime import datetime
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.checks.probing import ProbeSettings, Tools
from bot.core.catalogue import CheckSpec
from bot.core.signals import Observation


class Settings(ProbeSettings):
    """Looks into a folder of an SFTP server."""

    host: str = Field(min_length=1, description="Host name of the server.")
    port: int = Field(22, ge=1, le=65535, description="TCP port.")
    user: str = Field(description="User name.")
    password: SecretStr | None = Field(None, description="Password; write ${NAME}.")
    key: SecretStr | None = Field(None, description="Private key; write ${file:/path}.")
    passphrase: SecretStr | None = Field(None, description="Passphrase of the key.")
    host_key: str = Field(
        description="Fingerprint of the host key, SHA256:…, or `any` for no pin at all."
    )
    folder: str = Field(".", description="Folder to list.")
    match: str = Field("*", description="Files that count, as a shell pattern.")
    ignore: tuple[str, ...] = Field((), description="Files that do not, such as *.part.")
    refused: Literal["blind", "unreachable"] = Field(
        "blind", description="What a refused login means; unreachable if it is the connection's."
    )

    @field_validator("host_key")
    @classmethod
    def _pin(cls, pin: str) -> str:
        if pin != "any" and not pin.startswith("SHA256:"):
            raise ValueError("write SHA256:… as `ssh-keygen -lf` prints it, or any")
        return pin

    @model_validator(mode="after")
    def _has_login(self) -> Self:
        if self.password is None and self.key is None:
            raise ValueError("give a password or a key")
        return self

    def origin(self) -> str:
        return f"sftp://{self.host}:{self.port}"


async def probe(spec: CheckSpec, tools: Tools, now: datetime) -> Observation:
    """A Reading with `queue_depth`, and for the files there are `queue_oldest`, `last_success`
    (the newest) and `size` (of the newest, in bytes)."""
    from bot.checks.sftp_session import look  # only who uses SFTP pays for its library

    return await look(Settings.of(spec), spec.timeout, now)
