"""The website: client, pages and what they say, recorded form."""
