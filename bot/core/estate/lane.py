"""Who has to act, and what a person owns of a connection."""

from collections.abc import Mapping
from enum import StrEnum


class Layer(StrEnum):
    """What a person owns of a connection."""

    TECHNICAL = "technical"  # runs it, holds the keys, works the incidents
    FUNCTIONAL = "functional"  # says whether the data is right, approves changes on merit
    ARCHITECTURE = "architecture"  # guards the whole estate


class Lane(StrEnum):
    """Who has to act."""

    VENDOR = "vendor"  # maker of the connector
    PUBLISHER = "publisher"  # of the ERP or of the other end
    IT = "it"  # internal IT or the implementation partner


LANE_TITLES: Mapping[Lane, str] = {
    Lane.VENDOR: "Connector vendor",
    Lane.PUBLISHER: "ERP publisher",
    Lane.IT: "Internal IT / partner",
}
LANE_NAMES: Mapping[Lane, str] = {
    Lane.VENDOR: "connector vendor",
    Lane.PUBLISHER: "ERP publisher",
    Lane.IT: "internal IT / partner",
}
