"""`python -m maestro_ml.cli` is `maestro`."""

from maestro_ml.cli.main import main

main()
