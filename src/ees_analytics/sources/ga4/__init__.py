"""Google Analytics 4: client, request and response, recorded form."""
