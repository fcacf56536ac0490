"""How others put a picture into their pages: what they copy, and how high its frame is."""

from __future__ import annotations

from html import escape

from datasets.release.open import Release

HEIGHTS = {"map": 520, "timeline": 560, "network": 640}
"""The pictures there are, and how high a frame for them is, in CSS pixels."""


def snippet(release: Release, path: str, title: str, *, height: int) -> str:
    """What somebody copies into a page to show the picture at a path, as this release has it for ever."""
    source = f"{release.base_iri}/releases/{release.id}{path}"
    return (
        f'<iframe src="{escape(source)}" title="{escape(title)}" width="100%" height="{height}" loading="lazy">'
        "</iframe>"
    )
