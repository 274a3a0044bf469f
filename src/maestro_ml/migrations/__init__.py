"""The database schema as one line of history, and the rules that isolate tenants in it."""
