"""Captures in other programs' hands: SQL by DuckDB, and Spark. Each needs an extra of its own."""
