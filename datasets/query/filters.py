"""Filters of all kinds. Importing `condition` from here makes it know them all."""

from __future__ import annotations

from datasets.query import comparisons, relations
from datasets.query.conditions import TRUE, Condition, Frame, condition

__all__ = ["TRUE", "Condition", "Frame", "comparisons", "condition", "relations"]
