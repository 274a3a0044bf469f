"""What every domain stands on and no domain owns: database, HTTP edge, errors, ids, settings, events."""
