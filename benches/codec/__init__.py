"""The codec benchmark: ``python -m benches.codec`` measures, prints tables, and draws the picture of the README."""
