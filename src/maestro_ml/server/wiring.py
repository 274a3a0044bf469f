"""Every service of the platform, built once per process with what it needs; nothing runs here."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, TypedDict

from prometheus_client import CollectorRegistry

from maestro_ml.contracts.identity import Permission
from maestro_ml.server.audit import AuditService, AuditTrail
from maestro_ml.server.automl import SEARCH_KIND, AutoMLService, SearchHistory
from maestro_ml.server.blobs import BlobStore
from maestro_ml.server.datasets import (
    DatasetService,
    DatasetTrash,
    PartialUploads,
    TableService,
    UploadService,
)
from maestro_ml.server.deployer import WinnerDeployer
from maestro_ml.server.explain import ExplainService
from maestro_ml.server.identity import (
    AccessTokens,
    AccountService,
    ApiKeyService,
    BasicCredentials,
    Passwords,
    SessionService,
    TenantService,
    TokenAuthenticator,
    UserService,
)
from maestro_ml.server.jobs import JobService, Resubmission, RetryService
from maestro_ml.server.kernel.db import Database, PreparedCalls, UnitsOfWork
from maestro_ml.server.kernel.events import EventHub
from maestro_ml.server.kernel.settings import Settings
from maestro_ml.server.registry import (
    RegistryImportService,
    RegistryService,
    SourcedVersions,
    VersionFiles,
)
from maestro_ml.server.search import SearchLanguage
from maestro_ml.server.serving import DeploymentService, GatewayClient
from maestro_ml.server.tracking import (
    PURGE_KIND,
    ArtifactFiles,
    ArtifactTree,
    ExportService,
    ImportService,
    LoggedModelService,
    PurgeService,
    RunArtifactService,
    TrackingService,
)

if TYPE_CHECKING:
    from maestro_ml.server.kernel.http import Edge

_MOST_WAITING = 40
"""Long reads that wait: a second's worth."""
_OF_SEARCHES = {"plan_cache_mode": "force_custom_plan", "enable_sort": "off"}
"""A plan for each search costs up to a millisecond, and knows which tenant it is for; along an index it
stops when the page is full, which PostgreSQL takes for dearer than sorting where it expects few rows."""


@dataclass(frozen=True)
class Platform:
    """What every process shares: one database, one edge, the services of each domain."""

    settings: Settings
    database: Database
    calls: PreparedCalls
    reads: PreparedCalls
    heavy: PreparedCalls
    units: UnitsOfWork
    events: EventHub
    authenticator: TokenAuthenticator
    blobs: BlobStore
    metrics: CollectorRegistry
    audit: AuditService
    sessions: SessionService
    users: UserService
    accounts: AccountService
    api_keys: ApiKeyService
    tenants: TenantService
    jobs: JobService
    retries: RetryService
    registry: RegistryService
    sourced_versions: SourcedVersions
    model_imports: RegistryImportService
    gateway: GatewayClient
    deployments: DeploymentService
    datasets: DatasetService
    dataset_trash: DatasetTrash
    uploads: UploadService
    partial_uploads: PartialUploads
    tables: TableService
    language: SearchLanguage
    tracking: TrackingService
    run_artifacts: RunArtifactService
    artifact_tree: ArtifactTree
    logged_models: LoggedModelService
    imports: ImportService
    exports: ExportService
    explain: ExplainService
    automl: AutoMLService
    search_history: SearchHistory

    @cached_property
    def edge(self) -> Edge:
        """The gate of the processes that answer requests."""
        # The child of a job has none, and starts a third sooner without FastAPI.
        from maestro_ml.server.kernel.http import Edge, WindowLimiter  # noqa: PLC0415

        return Edge(self.authenticator, WindowLimiter(self.settings.limit), self.units)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """What lives as long as the process: started on entry, ended on exit."""
        try:
            yield
        finally:
            await self.close()

    async def close(self) -> None:
        """Return all connections."""
        await self.events.close()
        await self.gateway.close()
        for lane in (self.calls, self.reads, self.heavy):
            await lane.close()
        await self.database.close()


def wire(settings: Settings) -> Platform:
    """The platform on a complete installation's settings; connects on first use."""
    url, secret = settings.database.url, settings.auth.secret_key
    if url is None or secret is None:
        raise ValueError("wire() needs the settings of an opened installation")
    database = Database(url.get_secret_value(), pool_size=settings.database.pool_size)
    units = UnitsOfWork(database, AuditTrail())
    lanes = _lanes(database.dsn, settings.database.pool_size)
    calls = lanes["calls"]
    blobs = BlobStore(settings.blob.url or (settings.home / "blobs").as_uri())
    version_files = VersionFiles(blobs, settings.home / "cache", settings.upload)
    gateway = GatewayClient(settings.serving.url, predict_seconds=settings.serving.predict_seconds)
    identity = _identity(settings, units, secret.get_secret_value())
    datasets, tracking, jobs = DatasetService(), TrackingService(), JobService(settings.job)
    files = ArtifactFiles(blobs, max_bytes=settings.upload.max_bytes)
    around = _around_tracking(tracking, files, calls, units)
    models = _models(version_files, calls, units, blobs, around)
    deployments = DeploymentService(models["registry"], gateway)
    return Platform(
        settings=settings,
        database=database,
        **lanes,
        units=units,
        events=EventHub(database.dsn),
        blobs=blobs,
        metrics=CollectorRegistry(),
        audit=AuditService(),
        **identity,
        **models,
        jobs=jobs,
        gateway=gateway,
        deployments=deployments,
        datasets=datasets,
        dataset_trash=DatasetTrash(blobs),
        **_around_datasets(settings, units, blobs),
        tracking=tracking,
        explain=ExplainService(models["registry"], datasets, jobs, blobs),
        **_searches(settings, datasets, tracking, jobs, WinnerDeployer(deployments)),
        **around,
    )


class _Searches(TypedDict):
    automl: AutoMLService
    search_history: SearchHistory
    retries: RetryService


def _searches(
    settings: Settings,
    datasets: DatasetService,
    tracking: TrackingService,
    jobs: JobService,
    deployer: WinnerDeployer,
) -> _Searches:
    history = SearchHistory(settings.automl)
    automl = AutoMLService(datasets, tracking, jobs, deployer, history, settings.automl)
    again = {
        SEARCH_KIND: Resubmission(Permission.JOB_SUBMIT, automl.resubmit),
        PURGE_KIND: Resubmission(Permission.EXPERIMENT_DELETE, PurgeService(jobs).resubmit),
    }
    return _Searches(automl=automl, search_history=history, retries=RetryService(jobs, again))


class _AroundDatasets(TypedDict):
    uploads: UploadService
    partial_uploads: PartialUploads
    tables: TableService


def _around_datasets(settings: Settings, units: UnitsOfWork, blobs: BlobStore) -> _AroundDatasets:
    uploads = UploadService(units, blobs, settings.home / "spool", settings.upload)
    return _AroundDatasets(
        uploads=uploads,
        partial_uploads=PartialUploads(blobs, uploads),
        tables=TableService(blobs, settings.home / "cache" / "datasets"),
    )


class _AroundTracking(TypedDict):
    language: SearchLanguage
    run_artifacts: RunArtifactService
    artifact_tree: ArtifactTree
    logged_models: LoggedModelService
    imports: ImportService
    exports: ExportService


def _around_tracking(
    tracking: TrackingService, files: ArtifactFiles, calls: PreparedCalls, units: UnitsOfWork
) -> _AroundTracking:
    tree = ArtifactTree(files)
    return _AroundTracking(
        language=SearchLanguage(),
        run_artifacts=RunArtifactService(files),
        artifact_tree=tree,
        logged_models=LoggedModelService(calls, units),
        imports=ImportService(tracking, tree),
        exports=ExportService(tracking, units, tree),
    )


class _Models(TypedDict):
    registry: RegistryService
    sourced_versions: SourcedVersions
    model_imports: RegistryImportService


def _models(
    files: VersionFiles,
    calls: PreparedCalls,
    units: UnitsOfWork,
    blobs: BlobStore,
    around: _AroundTracking,
) -> _Models:
    registry = RegistryService(files)
    tree = around["artifact_tree"]
    sourced = SourcedVersions(calls, units, blobs, files, tree)
    return _Models(
        registry=registry,
        sourced_versions=sourced,
        model_imports=RegistryImportService(registry, sourced, tree, around["logged_models"]),
    )


class _Lanes(TypedDict):
    calls: PreparedCalls
    reads: PreparedCalls
    heavy: PreparedCalls


def _lanes(dsn: str, size: int) -> _Lanes:
    """Connections apart for writes, short reads and long ones, so that none waits for another kind.

    Long reads come in any number, so of them only so many may wait.
    """
    short = max(1, size * 2 // 5)
    return _Lanes(
        calls=PreparedCalls(dsn, size=short),
        reads=PreparedCalls(dsn, size=short),
        heavy=PreparedCalls(
            dsn, size=max(1, size // 5), most_waiting=_MOST_WAITING, settings=_OF_SEARCHES
        ),
    )


class _Identity(TypedDict):
    authenticator: TokenAuthenticator
    sessions: SessionService
    users: UserService
    accounts: AccountService
    api_keys: ApiKeyService
    tenants: TenantService


def _identity(settings: Settings, units: UnitsOfWork, secret: str) -> _Identity:
    passwords = Passwords()
    tokens = AccessTokens(secret, lifetime=timedelta(minutes=settings.auth.access_minutes))
    authenticator = TokenAuthenticator(
        units,
        tokens,
        BasicCredentials(units, passwords),
        cache_seconds=settings.auth.cache_seconds,
    )
    return _Identity(
        authenticator=authenticator,
        sessions=SessionService(
            units,
            passwords,
            tokens,
            authenticator,
            refresh_lifetime=timedelta(days=settings.auth.refresh_days),
            registration_open=settings.registration_open,
        ),
        users=UserService(passwords, authenticator),
        accounts=AccountService(units, passwords, authenticator),
        api_keys=ApiKeyService(authenticator),
        tenants=TenantService(units, passwords),
    )
