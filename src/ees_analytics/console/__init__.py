"""What people see while a run goes on: progress, logging, and plain-text formatting."""
