"""Is this really PDF/A? Reads untrusted PDFs, only in a limited worker process.

`examining` starts the worker and reads its answer; the other modules run inside of it.
"""
