"""Moving whole tracking servers: what is read from where, and what of it has arrived."""
