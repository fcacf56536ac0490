"""The least that a server in Python can do: Starlette returning constant bytes.

`uvicorn tests.benchmarks.floor:app` answers `/NAME` with the file NAME of the folder that FLOOR names.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


def _constant(body: bytes) -> Callable[[Request], Awaitable[Response]]:
    async def give(request: Request) -> Response:
        return Response(body, media_type="application/json")

    return give


app = Starlette(
    routes=[
        Route(f"/{path.name}", _constant(path.read_bytes()), methods=["GET", "POST"])
        for path in sorted(Path(os.environ["FLOOR"]).iterdir())
    ]
)
