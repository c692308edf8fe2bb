"""Catalogue datasets: all input and output of the project happens here."""
