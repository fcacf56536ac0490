"""Errors of commands that the user can mend: one clear line, never a traceback."""

from __future__ import annotations


class OperationError(Exception):
    """An operation cannot be done; the message says where, what, and how to mend it. Exit code 2."""
