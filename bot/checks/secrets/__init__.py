"""Secrets found in texts from outside, in whatever notation, and taken out."""
