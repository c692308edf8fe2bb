"""Search Console: client, request and response, recorded form."""
