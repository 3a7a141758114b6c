"""An estate with one check made from a preset, loaded the way a company's own file is."""

import json
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bot.checks import settings_models
from bot.core.estate.check_spec import CheckSpec
from bot.files.content import presets_dir
from bot.files.estate.load import Loaded, load_text
from bot.files.estate.presets import Preset, load_presets

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PRESETS: Mapping[str, Preset] = load_presets(presets_dir())
_NAME = re.compile(r"\$\{(\w+)\}")


def key_pem() -> str:
    return (
        ec.generate_private_key(ec.SECP256R1())
        .private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        .decode()
    )


def examples(preset: str, only: Iterable[str] | None = None) -> dict[str, Any]:
    """A value for every parameter that has no default, as the preset's own page shows it."""
    params = PRESETS[preset].shape.params
    return {
        name: param.example
        for name, param in params.items()
        if param.default is None and (only is None or name in only)
    }


def estate(check: Mapping[str, Any]) -> Loaded:
    """The estate with this check. JSON is YAML."""
    document = {
        "version": 1,
        "people": {"alice": {"name": "Alice", "email": "alice@example.com"}},
        "systems": {"shop": {"name": "Shop"}, "erp": {"name": "ERP"}},
        "connections": {
            "orders": {
                "name": "Orders",
                "from": "shop",
                "to": "erp",
                "owners": {"technical": "alice", "functional": "alice", "architecture": "alice"},
                "first_responder": "alice",
                "checks": [{"id": "watch", **check}],
            }
        },
    }
    text = json.dumps(document, indent=1)
    environ = {name: f"value-of-{name}" for name in _NAME.findall(text)}
    if "NETSUITE_KEY" in environ:
        environ["NETSUITE_KEY"] = key_pem()
    return load_text(
        text,
        path=Path("connections.yaml"),
        environ=environ,
        kinds=settings_models(),
        runbooks=["generic"],
        now=NOW,
    )


def made(check: Mapping[str, Any]) -> CheckSpec:
    """The check as the rest of the program sees it; fails with the file's problems."""
    loaded = estate(check)
    assert loaded.catalogue is not None, "\n".join(map(str, loaded.problems))
    return loaded.catalogue.connections["orders"].checks[0]
