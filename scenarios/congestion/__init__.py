"""The classics of congestion, each with parameters to sweep."""
