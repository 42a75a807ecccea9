"""How fast netstat_parse is beside others, on the same text in one run: `python -m benchmarks`."""
