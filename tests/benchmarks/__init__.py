"""Measurements against named rivals; each prints ratios of one run. Never part of the test suite."""
