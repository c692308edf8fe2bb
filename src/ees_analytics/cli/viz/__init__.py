"""The picture of the whole: Kedro-Viz as this project shows it, asking no other host."""
