"""Creation: from source files to a validated bag."""
