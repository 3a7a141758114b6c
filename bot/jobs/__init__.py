"""What is done again and again, and what comes in from outside to be stored."""

from bot.jobs.intake import Intake
from bot.jobs.watch import BATCH, Watch, metronome

__all__ = ["BATCH", "Intake", "Watch", "metronome"]
