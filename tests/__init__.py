"""The tests, a package so that tests and benchmarks may use `tests.sample` and `tests.servers`."""
