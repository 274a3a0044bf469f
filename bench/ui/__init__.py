"""The web UI in a real browser, on a server with many runs."""
