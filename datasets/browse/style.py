"""The stylesheet of the tables, over that of the pages around them."""

from __future__ import annotations

import hashlib
from pathlib import Path

CSS = Path(__file__).with_name("browse.css").read_bytes()
STYLE = f"/-/tables.{hashlib.sha256(CSS).hexdigest()[:16]}.css"
"""Where it stands below the mount; kept for ever, as its address changes with it."""
