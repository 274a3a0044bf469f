"""Our AutoML engine beside FLAML, AutoGluon and LightGBM's default, on public tables, one core each."""
