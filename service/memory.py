"""The memory of the service's process: what stays is kept out of the collector's way, what has gone is given back."""

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


def settle() -> None:
    """Exempt all that is there now from collection: it stays as long as its release.

    A release is a million objects (schemas, documents, routes), and each full collection would look at all of them,
    while every request waits for a tenth of a second. `give_back` undoes it.
    """
    gc.collect()
    gc.freeze()


def give_back() -> None:
    """Collect what is in cycles (schemas and routes are full of them), and hand free memory to the system."""
    gc.unfreeze()
    gc.collect()
    if library := _libc():
        library.malloc_trim(0)
