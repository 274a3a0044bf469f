"""The API process: FastAPI for most, plain ASGI for the hot paths, one middleware around both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.responses import HTMLResponse
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp

from maestro_ml.server.audit.export import AuditExport
from maestro_ml.server.audit.routes import audit_routes
from maestro_ml.server.automl.history_routes import history_routes
from maestro_ml.server.automl.lineage import DatasetLineageService
from maestro_ml.server.automl.lineage_routes import lineage_routes
from maestro_ml.server.automl.routes import automl_routes
from maestro_ml.server.datasets.routes import dataset_routes
from maestro_ml.server.datasets.upload_routes import upload_routes
from maestro_ml.server.explain import Waiter
from maestro_ml.server.explain.report_routes import report_routes as explanation_routes
from maestro_ml.server.explain.routes import explain_routes
from maestro_ml.server.health import health_routes
from maestro_ml.server.identity.browser_routes import browser_routes
from maestro_ml.server.identity.routes import (
    account_routes,
    auth_routes,
    key_routes,
    role_routes,
    user_routes,
)
from maestro_ml.server.identity.tenant_routes import tenant_routes
from maestro_ml.server.jobs.follow import LogFollower
from maestro_ml.server.jobs.routes import job_routes
from maestro_ml.server.kernel.db import Calls
from maestro_ml.server.kernel.events import HintSender
from maestro_ml.server.kernel.http import (
    HotRoute,
    HotRoutes,
    HttpMetrics,
    MaestroRouter,
    RequestMiddleware,
    describe_hot_routes,
    install_problem_handlers,
)
from maestro_ml.server.kernel.http.serve import serve
from maestro_ml.server.live import Feeds, LiveGate
from maestro_ml.server.overview import OverviewService
from maestro_ml.server.overview.routes import overview_routes
from maestro_ml.server.processes import serving_process
from maestro_ml.server.protocols.mlflow.registry import ModelServices, model_endpoints
from maestro_ml.server.protocols.mlflow.routes import to_hot_routes
from maestro_ml.server.protocols.mlflow.server_info import server_info_routes
from maestro_ml.server.protocols.mlflow.tracking import TrackingPorts, tracking_endpoints
from maestro_ml.server.protocols.mlflow.unsupported import unsupported_endpoints
from maestro_ml.server.reference import reference_page, reference_policy
from maestro_ml.server.registry.import_routes import model_import_routes
from maestro_ml.server.registry.reports import report_routes
from maestro_ml.server.registry.routes import model_routes
from maestro_ml.server.registry.run_routes import registered_version_routes
from maestro_ml.server.serving.routes import deployment_routes, predict_route
from maestro_ml.server.system import system_routes
from maestro_ml.server.tracking import (
    GroupCommit,
    HintedCalls,
    PreviewService,
    PurgeService,
    RunSearchService,
    RunTableService,
    RunViewService,
    TableFiles,
)
from maestro_ml.server.tracking.hot import tracking_hot_routes
from maestro_ml.server.tracking.import_routes import export_routes, import_routes
from maestro_ml.server.tracking.preview_routes import preview_routes
from maestro_ml.server.tracking.routes import experiment_routes, run_routes
from maestro_ml.server.tracking.selection_routes import (
    note_routes,
    purge_routes,
    selection_routes,
)
from maestro_ml.server.tracking.table_routes import table_file_routes, table_routes
from maestro_ml.server.tracking.view_routes import view_routes
from maestro_ml.server.web import WebUI
from maestro_ml.server.wiring import Platform, wire

API = "/api/v1"


def create_app(platform: Platform) -> ASGIApp:
    """The ASGI application of the API process."""
    routes = hot_routes(platform)
    hot = HotRoutes(routes, platform.edge, create_rest(platform, routes))
    web = platform.settings.web
    app = WebUI(hot, base_path=web.base_path) if web.enabled else hot
    return RequestMiddleware(app, HttpMetrics(platform.metrics))


def create_rest(platform: Platform, hot: list[HotRoute]) -> FastAPI:
    """Everything but the hot paths; also the source of the OpenAPI document."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with platform.running():
            yield

    app = FastAPI(
        title="Maestro ML",
        version=version("maestro-ml"),
        summary="From a table to a governed model in production, in one place.",
        lifespan=lifespan,
        # FastAPI's own pages load scripts from a CDN; ours works without a network.
        docs_url=None,
        redoc_url=None,
    )
    app.state.edge = platform.edge
    install_problem_handlers(app)
    app.include_router(health_routes(platform))
    for router in api_routers(platform):
        app.include_router(router, prefix=API)
    describe_hot_routes(app, hot)
    app.router.routes.append(WebSocketRoute(f"{API}/ws", live_gate(platform).serve))

    @app.get("/docs", include_in_schema=False)
    async def reference() -> HTMLResponse:
        policy = {"Content-Security-Policy": reference_policy()}
        return HTMLResponse(reference_page(app.openapi()), headers=policy)

    return app


def api_routers(platform: Platform) -> list[MaestroRouter]:
    """The table of contents of the API."""
    searches = RunSearchService(platform.language, platform.heavy)
    tables = RunTableService(searches)
    waiter = Waiter(platform.explain, platform.units, platform.events)
    return [
        *account_routers(platform),
        audit_routes(platform.audit, AuditExport(platform.audit, platform.units)),
        overview_routes(OverviewService()),
        system_routes(platform),
        dataset_routes(
            platform.datasets, platform.dataset_trash, platform.uploads, platform.tables
        ),
        upload_routes(platform.partial_uploads),
        job_routes(
            platform.jobs,
            LogFollower(platform.jobs, platform.units, platform.events),
            platform.retries,
        ),
        model_routes(platform.registry, max_upload=platform.settings.upload.max_bytes),
        report_routes(platform.registry),
        deployment_routes(platform.deployments),
        explain_routes(platform.explain, waiter),
        explanation_routes(platform.explain, waiter),
        automl_routes(platform.automl),
        history_routes(platform.search_history),
        lineage_routes(DatasetLineageService(platform.datasets, platform.jobs)),
        experiment_routes(platform.tracking),
        table_routes(searches, tables, platform.tracking),
        table_file_routes(TableFiles(searches, tables, platform.units)),
        view_routes(RunViewService()),
        preview_routes(previews(platform), platform.tracking),
        registered_version_routes(platform.registry),
        selection_routes(platform.tracking, searches),
        note_routes(platform.tracking),
        purge_routes(PurgeService(platform.jobs)),
        run_routes(platform.tracking, platform.run_artifacts),
        import_routes(platform.imports),
        export_routes(platform.exports),
        model_import_routes(platform.model_imports),
    ]


def account_routers(platform: Platform) -> list[MaestroRouter]:
    """Who is it, and who may what."""
    settings = platform.settings
    return [
        auth_routes(platform.sessions, platform.users),
        key_routes(platform.api_keys),
        browser_routes(
            platform.sessions,
            base_path=settings.web.base_path,
            max_age=settings.auth.refresh_days * 24 * 3600,
        ),
        account_routes(platform.accounts),
        role_routes(),
        user_routes(platform.users, platform.accounts),
        tenant_routes(platform.tenants),
    ]


def previews(platform: Platform) -> PreviewService:
    """Uploaded pages for frames."""
    secret = platform.settings.auth.secret_key
    if secret is None:
        raise ValueError("previews need the settings of an opened installation")
    return PreviewService(platform.run_artifacts, platform.units, secret.get_secret_value())


def hot_routes(platform: Platform) -> list[HotRoute]:
    """The endpoints that are asked thousands of times a second."""
    calls = HintedCalls(platform.calls, HintSender(platform.calls))
    commits = GroupCommit(calls)
    return [
        *tracking_hot_routes(calls, platform.reads, commits),
        predict_route(platform.gateway),
        *mlflow_routes(platform, calls, commits),
    ]


def live_gate(platform: Platform) -> LiveGate:
    """The WebSocket."""
    feeds = Feeds(platform.units, platform.events, platform.tracking, platform.jobs)
    return LiveGate(platform.edge.authenticator, platform.edge.limiter, feeds)


def mlflow_routes(platform: Platform, calls: Calls, commits: GroupCommit) -> list[HotRoute]:
    """MLflow's protocol."""
    tracking = TrackingPorts(
        calls=calls,
        reads=platform.reads,
        heavy=platform.heavy,
        commits=commits,
        units=platform.units,
        tracking=platform.tracking,
        language=platform.language,
    )
    models = ModelServices(
        calls=calls,
        units=platform.units,
        blobs=platform.blobs,
        registry=platform.registry,
        sourced=platform.sourced_versions,
        tree=platform.artifact_tree,
        models=platform.logged_models,
        language=platform.language,
    )
    endpoints = [*tracking_endpoints(tracking), *model_endpoints(models)]
    blobs = platform.blobs
    return [
        *server_info_routes(multipart=blobs.multipart is not None, presigned=blobs.signs),
        *to_hot_routes([*endpoints, *unsupported_endpoints(endpoints)]),
    ]


def main() -> None:
    """`maestro server`: serve the API until SIGTERM."""
    with serving_process("server", "Serve the API.", port=5000) as (settings, sock):
        serve(create_app(wire(settings)), sock)


if __name__ == "__main__":
    main()
