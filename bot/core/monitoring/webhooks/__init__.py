"""Messages that other systems push to us, and what they mean."""
