"""Sealing: an evidence seal is signed, stamped and written into a bag; nothing else in the bag is touched."""
