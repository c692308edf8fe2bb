"""EES analytics: from the web analytics of Explore education statistics to its dashboard tables."""

__version__ = "0.1.0"
