"""One exchange over HTTP: what to ask, how to read the answer."""
