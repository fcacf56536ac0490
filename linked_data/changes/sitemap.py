"""The addresses of all pages about records, for search engines: https://www.sitemaps.org/protocol.html."""

from __future__ import annotations

from urllib.parse import quote
from xml.sax.saxutils import escape

import apsw

from datasets.release.open import Release

MOST = 20_000
"""Addresses in one file; the protocol allows 50,000."""
_HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def index(connection: apsw.Connection, release: Release) -> bytes:
    """The list of the files: some for each type of record that the facts tell of."""
    found = []
    for entity in release.shapes.entities:
        if entity.file:
            (count,) = next(iter(connection.execute(f'SELECT count(*) FROM "{entity.plural}"')))
            for number in range(1, -(-int(str(count)) // MOST) + 1):
                found.append(f"{release.base_iri}/sitemap/{entity.name}-{number}.xml")
    lines = [f"<sitemap><loc>{escape(address)}</loc><lastmod>{release.date}</lastmod></sitemap>" for address in found]
    return _HEAD + f'<sitemapindex xmlns="{_SPACE}">\n{chr(10).join(lines)}\n</sitemapindex>\n'.encode()


def part(connection: apsw.Connection, release: Release, type_: str, number: int) -> bytes | None:
    """One of the files; None where there is no such file."""
    entity = next((e for e in release.shapes.entities if e.name == type_ and e.file), None)
    if entity is None or number < 1:
        return None
    sql = f'SELECT id FROM "{entity.plural}" ORDER BY id LIMIT ? OFFSET ?'
    ids = [str(id_) for (id_,) in connection.execute(sql, (MOST, (number - 1) * MOST))]
    if not ids:
        return None
    addresses = (f"{release.base_iri}/doc/{type_}/{quote(id_, safe='')}" for id_ in ids)
    lines = [f"<url><loc>{escape(address)}</loc></url>" for address in addresses]
    return _HEAD + f'<urlset xmlns="{_SPACE}">\n{chr(10).join(lines)}\n</urlset>\n'.encode()
