"""Logging that cannot hurt training: written to this machine first, sent to the server beside it."""
