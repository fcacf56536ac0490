"""Tests of Open Alliances."""
