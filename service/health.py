"""Whether the service runs, can answer, and is up to date: three questions with three answers.

`live`: the process answers at all; when it fails, restart it. `ready`: a release is open; when it fails, send no
requests. `fresh`: the release that `current` names is being served and is not too old; when it fails, tell a person.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from service.switching import Switch

_NEVER_KEPT = {"Cache-Control": "no-store"}


async def live(_request: Request) -> Response:
    """200 while the process answers."""
    return JSONResponse({"status": "live"}, headers=_NEVER_KEPT)


async def ready(request: Request) -> Response:
    """200 with the release being served; 503 while none is open."""
    switch: Switch = request.app.state.switch
    if not switch.ready:
        return JSONResponse({"status": "starting"}, 503, {**_NEVER_KEPT, "Retry-After": "1"})
    return JSONResponse({"status": "ready", "release": switch.current.release.id}, headers=_NEVER_KEPT)


async def fresh(request: Request) -> Response:
    """200 while the current release is served and younger than ALLIANCES_FRESH_DAYS; else 503 with the reason."""
    switch: Switch = request.app.state.switch
    age = age_in_days(switch)
    oldest = switch.settings.fresh_days
    reason = switch.failure or ("" if age < oldest else f"the release is {age} days old; {oldest} are allowed")
    body = {"status": "stale" if reason else "fresh", "release": switch.current.release.id, "age_days": age}
    if reason:
        return JSONResponse({**body, "reason": reason}, 503, _NEVER_KEPT)
    return JSONResponse(body, headers=_NEVER_KEPT)


def age_in_days(switch: Switch) -> int:
    """Days from the date of the release being served to today."""
    return (datetime.now(UTC).date() - date.fromisoformat(switch.current.release.id[:10])).days


async def metrics(request: Request) -> Response:
    """Counters and gauges of this process in the text format of Prometheus."""
    switch: Switch = request.app.state.switch
    cache = switch.current.cache
    gauges = {
        "release_age_days": ("Days since the date of the release.", float(age_in_days(switch))),
        "release_served": ("1 while the release that `current` names is the one served.", float(not switch.failure)),
        "release_switches": ("Switches of release since the start.", float(switch.switches)),
        "releases_open": ("Releases held open.", float(switch.open_count)),
        "cache_bytes": ("Memory of the cache of the current release.", float(cache.size)),
        "cache_answers": ("Answers in the cache of the current release.", float(len(cache))),
    }
    text = request.app.state.metrics.text(gauges)
    return PlainTextResponse(text, headers=_NEVER_KEPT, media_type="text/plain; version=0.0.4")
