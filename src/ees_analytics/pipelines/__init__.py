"""The Kedro pipelines."""
