"""The life of a slice: planned, fetched, landed, committed, recorded in the ledger."""
