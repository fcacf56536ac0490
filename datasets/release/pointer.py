"""Which releases there are and which of them is current.

A folder of releases holds one directory per release, named by its id, and the symbolic link `current`, which is
replaced in one step. What begins with a full stop is being built or removed and is no release.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from datasets.release.errors import DamagedError, ReleaseError
from datasets.release.files import MANIFEST, sync
from datasets.release.identity import RELEASE_ID

CURRENT = "current"
"""The name of the pointer."""


def current(releases: Path) -> Path | None:
    """The directory of the current release; None when nothing is published.

    Raises DamagedError when the pointer leads nowhere.
    """
    pointer = releases / CURRENT
    if not pointer.is_symlink():
        if pointer.exists():
            raise DamagedError(f"{pointer} is not a symbolic link to a release; remove it and publish again")
        return None
    name = str(pointer.readlink())
    if not RELEASE_ID.fullmatch(name) or not (releases / name).is_dir():
        raise DamagedError(f"{pointer} leads to {name!r}, which is no release in that folder; publish again")
    return releases / name


def switch(releases: Path, release: str) -> None:
    """Make a release current, in one step that readers see either before or after.

    Raises ReleaseError when there is no such release.
    """
    if not RELEASE_ID.fullmatch(release) or not (releases / release / MANIFEST).is_file():
        known = ", ".join(path.name for path in listed(releases)[:5]) or "none"
        raise ReleaseError(f"there is no release {release!r} in {releases}; the newest are: {known}")
    new = releases / f".{CURRENT}"
    new.unlink(missing_ok=True)
    new.symlink_to(release)
    new.replace(releases / CURRENT)
    sync(releases)


def listed(releases: Path) -> list[Path]:
    """The directories of all releases, newest first: in the order of their publishing, not of their dates.

    One whose manifest cannot be read is passed over, so that it harms none of the others; `verify` names it.
    """
    if not releases.is_dir():
        return []
    found = []
    for path in releases.iterdir():
        if RELEASE_ID.fullmatch(path.name) and (path / MANIFEST).is_file():
            with suppress(DamagedError):
                found.append((sequence(path), path.name, path))
    return [path for _, _, path in sorted(found, reverse=True)]


def sequence(release: Path) -> int:
    """The number of a release in the order of publishing, from 1. Raises DamagedError."""
    return int(str(chain(release)["sequence"]))


def previous(release: Path) -> str:
    """The id of the release that was current when this one was published; empty for the first. Raises DamagedError."""
    return str(chain(release)["previous"] or "")


def chain(release: Path) -> dict[str, object]:
    """What the manifest says of the place of a release among others. Raises DamagedError."""
    path = release / MANIFEST
    try:
        found = json.loads(path.read_bytes())["chain"]
        if not isinstance(found, dict) or not isinstance(found["sequence"], int) or "previous" not in found:
            raise ValueError("no sequence or previous release")
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{path} cannot be read as a manifest ({error}); remove {release} and publish again"
        raise DamagedError(message) from error
    return found


def rollback(releases: Path) -> Path:
    """Make the release before the current one current, and give its directory.

    That is the one that the current one names as its previous, if it is still there, else the next older. Raises
    ReleaseError when there is none.
    """
    now = current(releases)
    if now is None:
        raise ReleaseError(f"nothing is published in {releases}, so there is nothing to roll back; publish first")
    named = previous(now)
    order = listed(releases)
    older = [path for path in order if sequence(path) < sequence(now)]
    target = next((path for path in older if path.name == named), older[0] if older else None)
    if target is None:
        raise ReleaseError(f"{now.name} is the oldest release in {releases}: there is none to roll back to")
    switch(releases, target.name)
    return target
