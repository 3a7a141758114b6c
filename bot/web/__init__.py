"""Our own HTTP side: health, metrics and the pings of jobs."""
