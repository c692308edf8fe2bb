"""Typed models of everything in `conf/*/parameters*.yml`; a misspelt key stops a run before its first node."""
