"""Captures: dumpcap on every interface of interest, decoded once by tshark into a table that expectations read."""
