"""The switches of the estate in a file, so that the next start goes on with what is broken."""

import json
from datetime import datetime
from pathlib import Path

from estate_sim.failures import Failure
from estate_sim.world import Switched


def keep(path: Path, switched: Switched) -> None:
    rows = [
        {"failure": failure.value, "connection": one, "since": since.isoformat()}
        for (failure, one), since in switched.items()
    ]
    beside = path.with_suffix(".new")
    beside.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    beside.replace(path)


def kept(path: Path) -> Switched:
    """None on where there is no such file, or none that we wrote."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {
            (Failure(row["failure"]), str(row["connection"])): datetime.fromisoformat(row["since"])
            for row in rows
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}
