"""One folder per source, with everything about it; what sources share is beside them."""
