"""Where a release is built: one hidden directory beside the releases, used by one publish at a time, never left over.

What begins with a full stop is no release. The lock is freed by the system when its process dies, and what a dead
process left is removed by the next one.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from datasets.release import pointer
from datasets.release.errors import PublishError
from datasets.release.files import sync, sync_tree

_LOCK = ".lock"
_BUILDING = ".building"
_REMOVED = ".removed"


@contextmanager
def workshop(releases: Path) -> Iterator[Path]:
    """An empty directory for building, removed at the end unless it was placed.

    Raises PublishError when another publish is at work.
    """
    releases.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(releases / _LOCK, os.O_CREAT | os.O_RDWR, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise PublishError(f"another publish is at work in {releases}; wait until it is done") from None
        for path in releases.iterdir():
            if path.name.startswith((_BUILDING, _REMOVED)):
                shutil.rmtree(path)
        folder = releases / _BUILDING
        folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(descriptor)


def place(folder: Path, releases: Path, release: str) -> None:
    """Give a finished directory its name and make it current; all its files are on the disk before.

    A damaged release of that name is put aside first and then removed.
    """
    sync_tree(folder)
    target, aside = releases / release, releases / f"{_REMOVED}-{release}"
    if target.exists():
        target.rename(aside)
    folder.rename(target)
    sync(releases)
    pointer.switch(releases, release)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def plain_errors(releases: Path) -> Iterator[None]:
    """Tell what the system refuses in one sentence."""
    try:
        yield
    except apsw.FullError as error:
        raise PublishError(_full(releases)) from error
    except apsw.ConstraintError as error:
        raise PublishError(f"the canonical database breaks a key ({error}); nothing was published") from error
    except (apsw.IOError, apsw.CantOpenError, apsw.ReadOnlyError) as error:
        raise PublishError(f"{releases} cannot be written ({error}); nothing was published") from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise PublishError(_full(releases)) from error
        where = error.filename or releases
        reason = error.strerror or str(error)
        raise PublishError(
            f"{where} cannot be written or read ({reason}); nothing was published; "
            "give a folder that you may write with --releases"
        ) from error


def _full(releases: Path) -> str:
    return (
        f"no room left on the disk of {releases} or of the temporary folder; nothing was published; "
        "free some space and publish again"
    )
