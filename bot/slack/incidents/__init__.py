"""An incident from its opening to its end."""
