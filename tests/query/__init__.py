"""Tests of selections, their plans, both dialects and the connection to a release."""
