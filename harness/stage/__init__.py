"""Hosts of a scenario's network, and the programs that run on them."""
