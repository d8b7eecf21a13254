"""The desk: the library behind a browser on this machine. `serving.serve` starts it; `pages` has its pages."""
