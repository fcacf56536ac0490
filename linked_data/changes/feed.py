"""The releases as an Atom feed: one entry for each, with what changed in words."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from linked_data.changes.chain import Step

MEDIA_TYPE = "application/atom+xml"
MOST = 100
"""Entries at most: the newest."""
_ATOM = "http://www.w3.org/2005/Atom"


def in_words(step: Step) -> str:
    """What a release changed, in a sentence.

    The first release, and one whose predecessors are not kept, are told by what they hold.
    """
    counts = step.counts
    added, changed, gone = (counts.get(name, 0) for name in ("ADD", "MOD", "DEL"))
    if not step.previous:
        return f"The first release, with {_records(added)}."
    said = [
        f"{_records(added)} added" if added else "",
        f"{_records(changed)} changed" if changed else "",
        f"{_records(gone)} withdrawn or moved" if gone else "",
    ]
    told = [text for text in said if text]
    if not told:
        return f"No record changed since {step.previous}."
    listed = told[0] if len(told) == 1 else f"{', '.join(told[:-1])} and {told[-1]}"
    return f"{listed} since {step.previous}."


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count:,} records"


def feed(steps: tuple[Step, ...], root: str) -> bytes:
    """The feed over a chain of releases, the newest first. `root` is what the addresses of the last begin with."""
    newest = steps[-1]
    base = newest.release.base_iri
    ET.register_namespace("", _ATOM)
    top = ET.Element(f"{{{_ATOM}}}feed")
    _say(top, "id", f"{base}/feed.atom")
    _say(top, "title", newest.release.title)
    _say(top, "updated", newest.published)
    _link(top, "self", f"{base}{root}/feed.atom", MEDIA_TYPE)
    _link(top, "alternate", f"{base}/releases", "text/html")
    _link(top, "related", f"{base}{root}/changes", "application/activity+json")
    author = ET.SubElement(top, f"{{{_ATOM}}}author")
    _say(author, "name", str(newest.release.manifest.get("publisher") or newest.release.title))
    _say(top, "rights", newest.release.licence)
    for step in reversed(steps[-MOST:]):
        entry = ET.SubElement(top, f"{{{_ATOM}}}entry")
        _say(entry, "id", f"{base}/releases/{step.id}/")
        _say(entry, "title", f"Release {step.id}")
        _say(entry, "updated", step.published)
        _say(entry, "published", step.published)
        _link(entry, "alternate", f"{base}/releases/{step.id}/", "text/html")
        part = "start/" if step.cut else ""
        _link(entry, "related", f"{base}{root}/changes/{step.id}/{part}1", "application/activity+json")
        _link(entry, "enclosure", f"{base}/releases/{step.id}/manifest.json", "application/json")
        _say(entry, "summary", in_words(step))
    ET.indent(top)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(top, encoding="unicode").encode() + b"\n"


def _say(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}").text = text


def _link(parent: ET.Element, rel: str, href: str, media_type: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}link", rel=rel, href=href, type=media_type)
