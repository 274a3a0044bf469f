"""Every table of the platform, for the migrations' check that the schema equals the code."""

from __future__ import annotations

from maestro_ml.server.kernel.db import Base

metadata = Base.metadata
