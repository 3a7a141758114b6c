"""What is done again and again, and what comes in from outside to be stored."""

from bot.jobs.calendars import ReleaseCalendar
from bot.jobs.intake import Intake
from bot.jobs.metronome import Metronome, beaten
from bot.jobs.timekeeper import Timekeeper
from bot.jobs.watch import BATCH, Watch
from bot.jobs.watchers import Watchers

__all__ = [
    "BATCH",
    "Intake",
    "Metronome",
    "ReleaseCalendar",
    "Timekeeper",
    "Watch",
    "Watchers",
    "beaten",
]
