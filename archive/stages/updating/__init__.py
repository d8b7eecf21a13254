"""Updating: from a bag and some changes to the bag's next version, which takes its place in one step."""
