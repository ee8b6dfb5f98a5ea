"""Traffic that fills links, and what captures tell of it: flows, windows, shares, and what theory expects."""
