"""Small local servers that answer as the sources do, faults included."""
