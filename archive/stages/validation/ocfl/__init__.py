"""Judging OCFL objects and storage roots."""
