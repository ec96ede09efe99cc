"""Measurements. Each is one command, ``python -m benches.NAME``; contestants take turns in one run."""
