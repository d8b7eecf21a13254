"""Judging bags."""
