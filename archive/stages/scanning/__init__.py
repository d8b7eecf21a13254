"""Scanning: file formats and viruses."""
