"""Showing what a bag or a record says."""
