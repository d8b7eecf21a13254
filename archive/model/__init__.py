"""What things are: frozen dataclasses and enums. No I/O, no clock, no third-party import."""
