"""Pictures for other people's pages: each alone at an address that may stand in a frame, with where it comes from."""

from __future__ import annotations

from dataclasses import dataclass

import apsw
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from service import gatherings, overviews, pages
from service.framing import HEIGHTS
from service.problems import not_found
from service.record import address, standing
from service.switching import Held

POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors *"
"""The content policy of what may be framed by anybody; every other page forbids it."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A picture to be framed: what it is called, its SVG, what it says, and the path of the page it is from."""

    title: str
    picture: str
    note: str
    page: str


async def overview(request: Request, held: Held) -> Response:
    """The picture of a whole release: `/embed/map`, `/embed/timeline`, `/embed/network`."""
    what = request.path_params["what"]
    makers = {
        "map": overviews.world_picture,
        "timeline": overviews.timeline_picture,
        "network": overviews.network_picture,
    }
    if what not in makers:
        raise not_found(f"There is no picture {what!r}; there are {', '.join(makers)}.")
    title, picture, note = await makers[what](held)
    return _framed(request, held, Frame(title, picture, note, f"/{what}"))


async def record(request: Request, held: Held) -> Response:
    """The picture of a record: `/embed/map/alliance/aua`."""
    what, type, id = (request.path_params[name] for name in ("what", "type", "id"))
    if what not in HEIGHTS:
        raise not_found(f"There is no picture {what!r}; there are {', '.join(HEIGHTS)}.")
    entity, present = await standing(held, type, id)

    def read(connection: apsw.Connection) -> list[tuple[str, str]]:
        label = gatherings.label(connection, entity, present)
        scene = gatherings.Scene(
            connection, held.release.shapes, entity, present, label, held.root, held.release.id[:10]
        )
        return [
            (f"{label}: {g.name}", {"map": g.map, "timeline": g.timeline, "network": g.network}[what])
            for g in gatherings.gatherings(scene)
        ]

    drawn = [(title, picture) for title, picture in await held.reader.read(read) if picture]
    if not drawn:
        raise not_found(
            f"There is no {what} of the {entity.name} {present!r}: nothing that could be drawn is recorded."
        )
    title, picture = drawn[0]
    return _framed(request, held, Frame(title, picture, NOTES[what], address("", "doc", entity.name, present)))


NOTES = {
    "map": "Those that have not left, by country: the stronger the colour, the more. Dots are their cities.",
    "timeline": "Full colour is certain, faint colour possible as dates are only partly known; an arrow has not ended.",
    "network": "In brackets how many are shared; thicker lines share more.",
}


def _framed(request: Request, held: Held, frame: Frame) -> Response:
    body = pages.render("embed.html", root=held.root, release=held.release, frame=frame)
    return HTMLResponse(body, headers={"Content-Security-Policy": POLICY})
