"""Pure machine-learning engines: tables in, decisions out; no web, no database, no files."""
