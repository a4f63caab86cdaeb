"""The app: ``uvicorn --factory petition_nlp_serve.app:create_app``, or ``petition-nlp serve``."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from petition_nlp.errors import PetitionError
from petition_nlp_serve.fault import Fault, envelope
from petition_nlp_serve.log import JsonHandler
from petition_nlp_serve.middleware import Gate
from petition_nlp_serve.model import Loader, loader_of
from petition_nlp_serve.openapi import build
from petition_nlp_serve.routes import router
from petition_nlp_serve.settings import Settings, settings_from_environment
from petition_nlp_serve.state import ServiceState

STATIC = Path(__file__).resolve().parent / "static"
_TYPES = {404: "not_found", 405: "method_not_allowed"}


def create_app(settings: Settings | None = None, loader: Loader | None = None) -> FastAPI:
    """Build the app.

    Args:
        settings: None: those of the environment variable ``PETITION_NLP_SERVE``.
        loader: what loads the model; None: the bundle or registry of the settings.

    Raises:
        InputError: settings or key file are wrong.
    """
    settings = settings or settings_from_environment()
    state = ServiceState(settings, loader or loader_of(settings))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            await state.start()
        except PetitionError as error:
            state.start_error = error
            raise
        yield
        await state.stop()

    app = FastAPI(title="petition-nlp", openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.state.service = state
    app.add_middleware(Gate, settings=settings, keys=state.keys, metrics=state.metrics)
    app.add_exception_handler(HTTPException, _http_fault)
    app.add_exception_handler(Fault, _fault)
    app.router.redirect_slashes = False
    app.include_router(router)
    _add_page(app, state)
    return app


def _add_page(app: FastAPI, state: ServiceState) -> None:
    @app.get("/openapi.json", include_in_schema=False)
    async def openapi() -> dict[str, Any]:
        return build(state.settings, state.slot.nlp.taxonomy)

    @app.get("/", include_in_schema=False)
    async def page() -> Response:
        return FileResponse(STATIC / "index.html")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return FileResponse(STATIC / "docs.html")

    @app.get("/favicon.ico", include_in_schema=False)
    async def icon() -> Response:
        return FileResponse(STATIC / "icon.svg", media_type="image/svg+xml")

    app.mount("/static", StaticFiles(directory=STATIC), name="static")


async def _fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, Fault)
    body = envelope(error, request.state.info.request_id)
    return Response(body, error.status, headers=error.headers, media_type="application/json")


async def _http_fault(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    kind = _TYPES.get(error.status_code, "invalid_request")
    messages = {404: "there is nothing at this address; see /docs", 405: "this address does not take this method"}
    fault = Fault(error.status_code, kind, messages.get(error.status_code, "the request cannot be used"), error.headers)
    return await _fault(request, fault)


def quiet_server_logs() -> None:
    """Send the server's own log lines through ours, and leave its access log (with paths) out."""
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [] if name == "uvicorn.access" else [JsonHandler()]
        logger.propagate = False
        logger.setLevel(logging.WARNING)
