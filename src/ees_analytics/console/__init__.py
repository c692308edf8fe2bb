"""The terminal: progress, logging, and plain-text formatting."""
