"""The registry behind `/metrics`. Whoever measures something adds it; nothing here measures."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge


def registry(connections: Callable[[], int]) -> CollectorRegistry:
    """A fresh registry with the size of the estate in it."""
    made = CollectorRegistry()
    size = Gauge("firstlane_connections", "Connections in the catalogue.", registry=made)
    size.set_function(connections)
    return made
