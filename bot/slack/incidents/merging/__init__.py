"""Incidents that are merged, split and opened again."""
