"""How things are written: bytes to model and back. Pure: handed bytes, never opens a file."""
