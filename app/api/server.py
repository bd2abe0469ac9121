"""The HTTP application: our routers under the access rules; the page mounts itself on it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from app.api import capabilities, errors, reference
from app.api.access import AccessMiddleware, Gate
from app.api.feed import Streams
from app.api.limits import BodyLimit
from app.api.metrics import Durations
from app.api.passphrase import load_keys
from app.api.routers import ROUTERS
from app.studio import Studio

DESCRIPTION = "Everything the studio can do, over HTTP. Long work is a job: submit it, follow it, fetch what it made."


def create_api(studio: Studio) -> FastAPI:
    """The application for one studio, without the page.

    ``app.state`` carries ``studio``, ``gate`` (who may do what; its ``passphrase`` is what a guest types), ``streams``
    (the open event streams, ended by the server before it stops) and ``durations``. A page mounted at "/" later is
    covered by the same rules, since they wrap the whole application.
    """
    settings = studio.settings
    app = FastAPI(
        title="Animation AI Studio",
        version=studio.version,
        description=DESCRIPTION,
        docs_url=None,  # FastAPI's own pages load scripts from other hosts
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=_lifespan,
    )
    app.state.studio = studio
    app.state.gate = Gate(
        load_keys(settings.data_dir, settings.passphrase), studio.token, shared=settings.share, is_api_key=studio.api_keys.is_valid
    )
    app.state.streams = Streams(studio.events)
    app.state.durations = Durations()
    app.state.durations.follow(studio.events)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(capabilities.make_router(studio.capabilities))
    app.include_router(reference.fallback)
    app.add_middleware(BodyLimit)
    app.add_middleware(AccessMiddleware, gate=app.state.gate)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    app.state.streams.close()
