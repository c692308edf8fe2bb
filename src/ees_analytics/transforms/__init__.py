"""Shared pure transformations, DataFrame to DataFrame or value to value."""
