"""The settings of the probe kind `sftp`: where to look, as whom, and which files count."""

from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from bot.checks.probe import ProbeSettings
from bot.checks.setting_types import Host
from bot.core.monitoring.signals import Signal


class SftpSettings(ProbeSettings):
    """Looks into a folder of an SFTP server."""

    host: Host = Field(min_length=1, description="Host name of the server.")
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

    def gives(self) -> frozenset[str]:
        read = {Signal.QUEUE_DEPTH, Signal.QUEUE_OLDEST, Signal.LAST_SUCCESS, Signal.SIZE}
        return frozenset({Signal.REACHABLE, Signal.LATENCY, *read})
