"""The command line: `baton`."""
