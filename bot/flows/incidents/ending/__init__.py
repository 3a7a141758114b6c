"""How an incident ends: the data is confirmed, and what was learned is asked for."""
