"""The application: settings in, Starlette out. Everything heavy is opened when it starts."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator, Iterator, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from datasets.release.errors import ReleaseError
from service.access import Access
from service.errors import OperationError
from service.faces import FACES, FaceRow
from service.log import AccessLog, configure
from service.memory import frugal, settle
from service.metrics import Metrics
from service.routes import routes
from service.settings import Settings, resolve
from service.switching import Switch

log = logging.getLogger("alliances.service")


def create_app(settings: Settings, rows: Sequence[FaceRow] = FACES) -> Starlette:
    """The service over the releases that the settings name, with the faces of `rows`.

    Its start raises ReleaseError where no release can be opened.
    """
    switch = Switch(settings, rows)
    metrics = Metrics()
    access_log = AccessLog() if settings.access_log else None

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        try:
            await switch.start()
        except (ReleaseError, OperationError) as error:
            app.state.failure = str(error)
            raise
        with _switch_on_hangup(switch):
            yield
        await switch.stop()
        if access_log:
            access_log.flush()

    app = Starlette(
        routes=routes(rows),
        middleware=[Middleware(Access, switch=switch, metrics=metrics, access_log=access_log)],
        exception_handlers={HTTPException: _raise},
        lifespan=lifespan,
    )
    app.router.redirect_slashes = False
    app.state.settings = settings
    app.state.switch = switch
    app.state.metrics = metrics
    return app


async def _raise(_request: Request, error: Exception) -> Response:
    """Leave every error to the outermost layer, which has one shape for all."""
    raise error


@contextlib.contextmanager
def _switch_on_hangup(switch: Switch) -> Iterator[None]:
    """SIGHUP looks at the pointer at once, where signals can be had (in the main thread of a process)."""
    loop = asyncio.get_running_loop()
    tasks: set[asyncio.Task[None]] = set()

    def look() -> None:
        task = asyncio.create_task(switch.poll())
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    try:
        loop.add_signal_handler(signal.SIGHUP, look)
    except (RuntimeError, ValueError, AttributeError):
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


def from_environment() -> Starlette:
    """The application of a worker process: settings from the environment, logs as lines of JSON."""
    configure()
    frugal()
    try:
        app = create_app(resolve())
        app.state.switch.settled = settle
        return app
    except OperationError as error:
        log.critical("%s", error)
        raise SystemExit(2) from None
