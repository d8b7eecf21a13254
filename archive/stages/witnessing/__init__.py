"""Checkpoints of a ledger's chain: made, sealed, handed to outside parties, and held against the ledger later."""
