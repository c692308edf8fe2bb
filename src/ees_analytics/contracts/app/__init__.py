"""Contracts of the app tables (`analytics_app`), one module per table."""
