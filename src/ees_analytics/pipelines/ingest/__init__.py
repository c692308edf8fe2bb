"""Sources to raw tables: plan, land, load, record, check."""
