"""The simulated estate: a dozen connections whose failures can be switched on from a page."""

from estate_sim.estate import Estate
from estate_sim.failures import Failure
from estate_sim.world import EstateConnection, UnknownSwitch

__all__ = ["Estate", "EstateConnection", "Failure", "UnknownSwitch"]
