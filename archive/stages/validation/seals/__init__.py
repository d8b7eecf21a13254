"""Judging the evidence seals of a bag, whatever holds the bag. Nothing here writes or uses the network."""
