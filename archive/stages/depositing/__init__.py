"""Deposits: plan, stage, send, commit, read back, receipt, poll. One state machine for every target."""
