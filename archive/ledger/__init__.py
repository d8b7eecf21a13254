"""What we hold and every check ever made."""
