"""Whether the facts have changed since the current release: asked beside the service, in a process of its own."""

from __future__ import annotations

import os
import sys

from datasets.release.open import Release
from service import work
from service.settings import Settings, resolve


def changed(settings: Settings) -> str:
    """What to tell when publishing the facts would give another release; empty when it would not."""
    release = Release.current(settings.releases)
    if not work.changed_since(settings, release.id, release.base_iri):
        return ""
    return (
        f"the facts in {settings.facts} have changed since release {release.id}; "
        "to publish them: alliances publish --load"
    )


if __name__ == "__main__":
    os.nice(15)
    sys.stdout.write(changed(resolve()))
