"""Makes `tests.support` ours: a package from PyPI (pairtree) also installs a package named tests."""
