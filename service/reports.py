"""Where a reader reports an error: an address with the record, its release and its page filled in."""

from __future__ import annotations

from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from datasets.release.open import Release


def report(release: Release, issues: str, title: str, permalink: str) -> str:
    """The address for reporting an error on a page; empty where neither the setting nor the release names any.

    `issues` is the setting: a page for new issues, which gets `title` and `body`. Without it the contact of the
    release is used, a mailto address or a page of its own.
    """
    subject = f"Error in {title}"
    asked = "What is wrong:\n\nWhat is right, and which public source says so:\n"
    body = f"Page: {permalink}\nRelease: {release.id}\n\n{asked}"
    target = issues or str(release.manifest.get("contact") or "")
    if target.startswith("mailto:"):
        return f"{target}?subject={quote(subject)}&body={quote(body)}"
    if not target.startswith(("http://", "https://")):
        return ""
    parts = urlsplit(target)
    query = "&".join(part for part in (parts.query, urlencode({"title": subject, "body": body})) if part)
    return urlunsplit(parts._replace(query=query)) if issues else target
