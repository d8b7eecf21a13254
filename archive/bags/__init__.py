"""Bags: the one door to a bag in a folder, an archive or a bucket; its manifests and its digests."""
