"""The run report: what a run did, for people (a page, a few lines) and for queries (a row)."""
