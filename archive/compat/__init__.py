"""The interfaces of other programs, over this one's core."""
