"""Giving memory back to the system when a release has been closed."""

from __future__ import annotations

import ctypes
import gc

_ARENA_MAX = -8
"""M_ARENA_MAX of glibc's mallopt."""


def _libc() -> ctypes.CDLL | None:
    """The C library, where it is one with these functions."""
    try:
        library = ctypes.CDLL(None)
    except (OSError, TypeError):
        return None
    return library if hasattr(library, "malloc_trim") and hasattr(library, "mallopt") else None


def frugal() -> None:
    """Let threads share few pools of memory: each release has its own threads, and their pools outlive them."""
    if library := _libc():
        library.mallopt(_ARENA_MAX, 2)


def give_back() -> None:
    """Collect what is in cycles (schemas and routes are full of them), and hand free memory to the system."""
    gc.collect()
    if library := _libc():
        library.malloc_trim(0)
