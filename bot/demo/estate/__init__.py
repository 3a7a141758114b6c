"""The simulated estate: a dozen connections whose failures can be switched on from a page."""

from bot.demo.estate.estate import Estate
from bot.demo.estate.failures import Failure
from bot.demo.estate.world import EstateConnection, UnknownSwitch

__all__ = ["Estate", "EstateConnection", "Failure", "UnknownSwitch"]
