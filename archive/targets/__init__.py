"""Where deposits go: one file a repository kind."""
