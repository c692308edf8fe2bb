"""The website: client, datasets, and the reading of its pages."""
