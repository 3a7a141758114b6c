"""Firstlane: knows whose job it is when an ERP integration breaks."""

__version__ = "0.1.0"
