"""Raw tables to app tables."""
