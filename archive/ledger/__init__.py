"""The bags that are held and every check ever made."""
