"""Builds the program, and loads what commands need of it."""
