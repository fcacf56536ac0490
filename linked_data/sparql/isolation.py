"""Leaving the network: a namespace without any interface, where the system allows one.

Run as a script it tells by its exit code whether that works here: 0 yes, 1 no.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

_NEW_USER, _NEW_NETWORK = 0x10000000, 0x40000000


def without_network() -> bool:
    """Leave the network for an empty namespace; False where the system does not allow it."""
    library = ctypes.CDLL(None, use_errno=True)
    with contextlib.suppress(AttributeError):
        return any(library.unshare(flags) == 0 for flags in (_NEW_NETWORK, _NEW_USER | _NEW_NETWORK))
    return False


if __name__ == "__main__":
    sys.exit(0 if without_network() else 1)
