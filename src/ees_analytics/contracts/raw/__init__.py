"""Contracts of the raw tables (`analytics_raw`), one module per table."""
