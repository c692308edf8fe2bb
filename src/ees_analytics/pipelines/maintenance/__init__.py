"""What keeps the tables safe and fast: backup, restore, maintenance. Run by name only."""
