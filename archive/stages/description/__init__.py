"""Descriptions: loading, suggesting, rights."""
