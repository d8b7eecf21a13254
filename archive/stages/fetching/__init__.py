"""Fetching: from a bag that lacks the files that its fetch.txt names to a complete one."""
