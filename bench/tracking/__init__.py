"""Our tracking server and MLflow's own, measured in one run on one PostgreSQL."""
