"""Every setting of the platform, read once from `MAESTRO_*` in a composition root and passed down.

`MAESTRO_DATABASE_URL` is `Settings.database.url`: the first word names the area.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class _Area(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatabaseSettings(_Area):
    """No `url` means the embedded PostgreSQL in the home."""

    url: SecretStr | None = None
    owner_url: SecretStr | None = Field(
        default=None, description="runs the migrations when `url` is not the owner's"
    )
    pool_size: int = Field(default=5, ge=1, le=200)


class BlobSettings(_Area):
    """No `url` means a folder in the home."""

    url: str | None = None


class AuthSettings(_Area):
    """Tokens, passwords and who may register."""

    secret_key: SecretStr | None = None
    access_minutes: int = Field(default=15, ge=1, le=1440)
    refresh_days: int = Field(default=30, ge=1, le=365)
    registration: Literal["open", "closed"] | None = None
    cache_seconds: float = Field(default=3.0, ge=0, le=5)


class LimitSettings(_Area):
    """Requests in a minute; 0 switches a limit off."""

    login_per_minute: int = Field(default=5, ge=0)
    api_per_minute: int = Field(default=1000, ge=0)
    ingest_per_minute: int = Field(default=60_000, ge=0)
    automl_per_hour: int = Field(default=10, ge=0)


class UploadSettings(_Area):
    """What an uploaded table may be."""

    max_bytes: int = Field(default=5 * 1024**3, ge=1)
    max_expanded_bytes: int = Field(default=20 * 1024**3, ge=1)
    memory_mb: int = Field(default=1024, ge=256)
    seconds: int = Field(default=1800, ge=1)


class JobSettings(_Area):
    """How the worker runs jobs."""

    concurrency: int = Field(default=1, ge=1, le=64)
    memory_mb: int = Field(default=4096, ge=256)
    max_seconds: int = Field(default=24 * 3600, ge=1)
    shutdown_seconds: float = Field(default=10, ge=0)


class AutoMLSettings(_Area):
    """What the searches of one tenant may take; 0 for `max_open` switches that limit off.

    cold_share: of the searches that could start from history, those that do not, to measure its value.
    """

    cold_share: float = Field(default=0.15, ge=0, le=0.5)
    max_open: int = Field(default=20, ge=0)
    max_seconds: int = Field(default=24 * 3600, ge=5)


class ServingSettings(_Area):
    """How the gateway keeps models in memory."""

    url: str | None = Field(default=None, description="where the server finds the gateway")
    idle_seconds: float = Field(default=900, gt=0)
    memory_mb: int = Field(default=2048, ge=128)
    predict_seconds: float = Field(default=30, gt=0)


class WebSettings(_Area):
    """The web UI; `base_path` is where a reverse proxy shows this server, API included."""

    enabled: bool = True
    base_path: str = Field(default="", pattern=r"^(/[A-Za-z0-9._~\-]+)*$")


class Settings(BaseSettings):
    """The root; frozen."""

    model_config = SettingsConfigDict(
        env_prefix="MAESTRO_",
        env_nested_delimiter="_",
        env_nested_max_split=1,
        frozen=True,
        extra="ignore",
    )

    env: Literal["development", "production"] = "development"
    home: Path = Field(default_factory=lambda: Path.home() / ".maestro")
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    database: DatabaseSettings = DatabaseSettings()
    blob: BlobSettings = BlobSettings()
    auth: AuthSettings = AuthSettings()
    limit: LimitSettings = LimitSettings()
    upload: UploadSettings = UploadSettings()
    job: JobSettings = JobSettings()
    automl: AutoMLSettings = AutoMLSettings()
    serving: ServingSettings = ServingSettings()
    web: WebSettings = WebSettings()

    @property
    def registration_open(self) -> bool:
        """Whether strangers may register: by default only outside production."""
        if self.auth.registration is None:
            return self.env == "development"
        return self.auth.registration == "open"


def read_settings() -> Settings:
    """The settings of this process, with an absolute home.

    Raises pydantic.ValidationError naming each wrong variable.
    """
    settings = Settings()
    return settings.model_copy(update={"home": Path(os.path.abspath(settings.home.expanduser()))})  # noqa: PTH100
