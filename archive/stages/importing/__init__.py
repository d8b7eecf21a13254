"""Importing: a package of another system becomes a bag."""
