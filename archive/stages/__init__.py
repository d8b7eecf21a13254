"""What the program does, in order."""
