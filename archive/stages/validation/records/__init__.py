"""Judging XML records."""
