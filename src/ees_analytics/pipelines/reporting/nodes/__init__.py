"""One module per app table."""
