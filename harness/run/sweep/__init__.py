"""``./lab sweep``: a scenario over a grid of its parameters' values, each point several times, and what the figures say then."""
