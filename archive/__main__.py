"""`python -m archive`: the same as the command `archive`."""

if __name__ == "__main__":
    from archive.cli import main

    main()
