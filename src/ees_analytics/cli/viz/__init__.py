"""``kedro viz``: Kedro-Viz's diagram of the pipelines, simplified for this project, without requests to other hosts."""
