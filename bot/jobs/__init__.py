"""What is done again and again, and what comes in from outside to be stored."""

from bot.jobs.check_loop import BATCH, CheckLoop
from bot.jobs.intake import Intake
from bot.jobs.metronome import Metronome, Timekeeper, beaten
from bot.jobs.release_calendars import ReleaseCalendar
from bot.jobs.self_watch import SelfWatch

__all__ = [
    "BATCH",
    "CheckLoop",
    "Intake",
    "Metronome",
    "ReleaseCalendar",
    "SelfWatch",
    "Timekeeper",
    "beaten",
]
