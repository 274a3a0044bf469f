"""MLflow's REST protocol on Maestro's own store: its wire, its errors, its search language."""
