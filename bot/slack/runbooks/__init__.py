"""Steps, gates, retries and drills."""
