"""Whether the facts have changed since the current release: asked beside the service, in a process of its own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from sqlalchemy import make_url

from datasets.release.open import Release
from service import work
from service.cli import explained
from service.settings import Settings, resolve


def changed(settings: Settings) -> str:
    """What to tell when publishing the facts would give another release; empty when it would not.

    Without a canonical database nothing can be told: the release came from elsewhere.
    """
    if not _has_database(settings.database):
        return ""
    release = Release.current(settings.releases)
    if not work.changed_since(settings, release.id, release.base_iri):
        return ""
    return (
        f"the facts in {settings.facts} have changed since release {release.id}; "
        "to publish them: alliances publish --load"
    )


def _has_database(url: str) -> bool:
    """Whether the canonical database is there; asking for a file must not make it."""
    address = make_url(url)
    return address.get_backend_name() != "sqlite" or Path(str(address.database)).is_file()


def main() -> int:
    """Say on stdout what is to be told, on stderr why nothing can be; the exit code."""
    os.nice(15)
    try:
        sys.stdout.write(changed(resolve()))
    except Exception as error:
        message = explained(error)
        if message is None:
            raise
        sys.stderr.write(message)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
