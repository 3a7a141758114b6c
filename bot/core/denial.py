"""A person's word that the data of one connection is wrong."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Denial:
    """`by` says that the data of `connection` is wrong."""

    connection: str
    by: str
    why: str
    at: datetime | None  # None for what earlier versions wrote
