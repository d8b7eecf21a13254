"""Repositories a bag can go to: one file a kind, each with the methods of `protocol.Target`."""
