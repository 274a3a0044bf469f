"""The front door: `MaestroClient`, with one attribute per resource."""

from __future__ import annotations

from functools import cached_property
from types import TracebackType
from typing import Self

from maestro_ml.sdk.credentials import resolve
from maestro_ml.sdk.resources.api_keys import ApiKeys
from maestro_ml.sdk.resources.auth import Auth
from maestro_ml.sdk.resources.automl import AutoML
from maestro_ml.sdk.resources.datasets import Datasets
from maestro_ml.sdk.resources.deployments import Deployments
from maestro_ml.sdk.resources.experiments import Experiments
from maestro_ml.sdk.resources.explain import Explain
from maestro_ml.sdk.resources.exports import Exports
from maestro_ml.sdk.resources.health import Health
from maestro_ml.sdk.resources.imports import Imports
from maestro_ml.sdk.resources.jobs import Jobs
from maestro_ml.sdk.resources.models import Models
from maestro_ml.sdk.resources.runs import Runs
from maestro_ml.sdk.resources.tenant import OwnTenant
from maestro_ml.sdk.resources.users import Users
from maestro_ml.sdk.transport import Transport


class MaestroClient:
    """A connection to one Maestro server, safe to share between threads.

    `url` and `api_key` come from the arguments, else from MAESTRO_URL and MAESTRO_API_KEY, else
    from what `maestro login` stored, else the server is http://127.0.0.1:5000. `timeout` is in
    seconds and for one exchange of bytes, so it does not limit the length of a transfer. Nothing
    is sent before the first call; a call raises subclasses of MaestroError.

    >>> with MaestroClient() as client:                  # doctest: +SKIP
    ...     client.auth.me().user.email
    'ada@example.org'
    """

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        max_retries: int = 3,
    ) -> None:
        found = resolve(url, api_key)
        self.url = found.url
        self._transport = Transport(
            found.url, found.api_key, timeout=timeout, max_retries=max_retries
        )

    @cached_property
    def auth(self) -> Auth:
        """Logging in and out, and who one is."""
        return Auth(self._transport)

    @cached_property
    def api_keys(self) -> ApiKeys:
        """Keys for programs."""
        return ApiKeys(self._transport)

    @cached_property
    def users(self) -> Users:
        """The members of the tenant."""
        return Users(self._transport)

    @cached_property
    def tenant(self) -> OwnTenant:
        """The tenant that the credential is for."""
        return OwnTenant(self._transport)

    @cached_property
    def datasets(self) -> Datasets:
        """Tables and their versions."""
        return Datasets(self._transport)

    @cached_property
    def automl(self) -> AutoML:
        """Searches for the best model of a table."""
        return AutoML(self._transport, self.datasets)

    @cached_property
    def experiments(self) -> Experiments:
        """Where runs that are compared with each other live."""
        return Experiments(self._transport)

    @cached_property
    def runs(self) -> Runs:
        """Params, metrics, tags and files of single executions."""
        return Runs(self._transport)

    @cached_property
    def jobs(self) -> Jobs:
        """Background work."""
        return Jobs(self._transport)

    @cached_property
    def models(self) -> Models:
        """The registry: versions, aliases, stages, files."""
        return Models(self._transport)

    @cached_property
    def explain(self) -> Explain:
        """Why models say what they say."""
        return Explain(self._transport)

    @cached_property
    def deployments(self) -> Deployments:
        """Models that answer predictions under a name."""
        return Deployments(self._transport)

    @cached_property
    def imports(self) -> Imports:
        """What comes from other tracking servers."""
        return Imports(self._transport)

    @cached_property
    def exports(self) -> Exports:
        """Whole runs, as they are stored."""
        return Exports(self._transport)

    @cached_property
    def health(self) -> Health:
        """Whether the server lives and is ready."""
        return Health(self._transport)

    def close(self) -> None:
        """Give the connections back; the client cannot be used any more."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"MaestroClient({self.url!r})"
