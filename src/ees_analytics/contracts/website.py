"""Where the website lies."""

PUBLIC_SITE = "https://explore-education-statistics.service.gov.uk"
"""The website's public address, whatever address its pages are read from."""
