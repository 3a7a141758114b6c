"""Questions in plain words."""
