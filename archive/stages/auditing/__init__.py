"""Fixity audits: what is held is read again, on a rhythm, and every look is written down."""
