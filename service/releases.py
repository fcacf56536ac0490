"""Releases as such: the list, manifests, and files for download."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response

from datasets.release.files import MANIFEST, sha256
from datasets.release.open import Release
from datasets.release.pointer import listed
from service import pages
from service.conditional import none_match
from service.negotiation import choose
from service.problems import Problem, not_acceptable, not_found
from service.switching import Switch

_FOR_EVER = "public, max-age=31536000, immutable"
_REVALIDATED = "public, no-cache"


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file of a release as its manifest describes it."""

    name: str
    title: str
    media_type: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Summary:
    """A release in the list of releases."""

    id: str
    title: str
    manifest: Mapping[str, Any]
    files: tuple[ReleaseFile, ...]
    current: bool

    @property
    def changed(self) -> Mapping[str, int] | None:
        """How many records were added, changed and taken away; None for the first release."""
        return changed(self.manifest)


def changed(manifest: Mapping[str, Any]) -> Mapping[str, int] | None:
    """How many records a release added, changed and took away; None for the first release."""
    chain = manifest["chain"]
    if chain["previous"] is None:
        return None
    words = {"ADD": "added", "MOD": "changed", "DEL": "taken away"}
    return {words[op]: count for op, count in chain["delta"]["counts"].items() if count}


def files_of(manifest: Mapping[str, Any]) -> tuple[ReleaseFile, ...]:
    """The files that a manifest lists, the delta to the release before it last."""
    listed = (*manifest["files"], manifest["chain"]["delta"])
    return tuple(ReleaseFile(f["name"], f["title"], f["media_type"], int(f["size"]), f["sha256"]) for f in listed)


def manifest_of(release: Release) -> Mapping[str, Any]:
    """The manifest of an open release."""
    return release.manifest


def _read(folder: Path) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


async def index(request: Request) -> Response:
    """All releases that are kept, the newest first: as a page, or as JSON for programs."""
    switch: Switch = request.app.state.switch
    wanted = choose(request.headers.get("accept"), ("text/html", "application/json"))
    if wanted is None:
        raise not_acceptable([("text/html", "/releases"), ("application/json", "/releases")])
    folders = await asyncio.to_thread(listed, switch.settings.releases)
    manifests = await asyncio.gather(*(asyncio.to_thread(_read, folder) for folder in folders))
    headers = {"Cache-Control": _REVALIDATED, "Vary": "Accept"}
    current = switch.current.release.id
    found = [
        Summary(folder.name, str(m.get("title", "")), m, files_of(m), folder.name == current)
        for folder, m in zip(folders, manifests, strict=True)
    ]
    if wanted == "application/json":
        body = [
            {
                "id": s.id,
                "current": s.current,
                "manifest": f"/releases/{s.id}/manifest.json",
                "root": f"/releases/{s.id}/",
            }
            for s in found
        ]
        response: Response = JSONResponse({"releases": body}, headers=headers)
    else:
        response = HTMLResponse(pages.render("releases.html", root="", releases=found), headers=headers)
    response.headers["ETag"] = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    if none_match(request.headers.get("if-none-match", "").encode("latin-1"), response.headers["ETag"].encode()):
        return Response(status_code=304, headers=headers | {"ETag": response.headers["ETag"]})
    return response


async def root(request: Request) -> Response:
    """A release without a slash at the end: 308 to its home page."""
    folder = _folder(request)
    return RedirectResponse(f"/releases/{folder.name}/", 308)


def _folder(request: Request) -> Path:
    """The folder of the release in the address. Raises Problem 404."""
    switch: Switch = request.app.state.switch
    id = request.path_params["release"]
    found = [path for path in listed(switch.settings.releases) if path.name == id]
    if not found:
        raise not_found(f"There is no release {id!r}; /releases lists those that are kept.")
    return found[0]


async def manifest(request: Request) -> Response:
    """What a release is and which files it has."""
    folder = await asyncio.to_thread(_folder, request)
    path = folder / MANIFEST
    digest = await asyncio.to_thread(sha256, path)
    return await _file(request, path, ReleaseFile(MANIFEST, "Manifest", "application/json", 0, digest), download=False)


async def file(request: Request) -> Response:
    """A file of a release, whole or in ranges. Its ETag is its SHA-256, so a download can be continued and checked."""
    folder = await asyncio.to_thread(_folder, request)
    name = request.path_params["file"]
    known = {f.name: f for f in files_of(await asyncio.to_thread(_read, folder))}
    if name not in known:
        raise not_found(f"Release {folder.name} has no file {name!r}; it has {', '.join(sorted(known))}.")
    return await _file(request, folder / name, known[name], download=True)


async def _file(request: Request, path: Path, described: ReleaseFile, *, download: bool) -> Response:
    status = await asyncio.to_thread(path.stat)
    day = datetime.fromisoformat(path.parent.name[:10]).replace(tzinfo=UTC)
    headers = {
        "ETag": f'"{described.sha256}"',
        "Cache-Control": _FOR_EVER,
        # The date of the release, not of this copy of the file: replicas must agree.
        "Last-Modified": format_datetime(day, usegmt=True),
    }
    known = request.headers.get("if-none-match", "").encode("latin-1")
    if known and none_match(known, headers["ETag"].encode()):
        return Response(status_code=304, headers=headers)
    _settle_range(request, status.st_size)
    name = f"{path.parent.name}-{path.name}" if download else None
    return FileResponse(path, headers=headers, media_type=described.media_type, filename=name, stat_result=status)


_RANGE = re.compile(r"bytes=\s*(?:(\d+)-(\d*)|-(\d+))\s*")


def _settle_range(request: Request, size: int) -> None:
    """Take away a Range that is none, or that asks for several at once: then the whole file is sent, as HTTP allows.

    Raises Problem 416 for one that begins beyond the end.
    """
    header = request.headers.get("range")
    if header is None:
        return
    found = _RANGE.fullmatch(header)
    backwards = found is not None and found[1] and found[2] and int(found[2]) < int(found[1])
    if found is None or backwards:
        request.scope["headers"] = [pair for pair in request.scope["headers"] if pair[0] != b"range"]
    elif found[1] and int(found[1]) >= size:
        detail = f"The file has {size} bytes, so the last one is number {size - 1}."
        raise Problem(416, detail, headers={"Content-Range": f"bytes */{size}"})
