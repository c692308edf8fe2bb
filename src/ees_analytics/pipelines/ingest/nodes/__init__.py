"""Nodes of the ingest pipeline."""
