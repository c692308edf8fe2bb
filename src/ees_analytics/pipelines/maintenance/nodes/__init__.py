"""Node functions of backup, restore and maintenance."""
