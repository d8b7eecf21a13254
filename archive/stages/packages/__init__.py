"""Packages of other systems: recognized, read into one form, and checked against what they say of their files."""
