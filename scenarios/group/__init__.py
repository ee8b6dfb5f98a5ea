"""Group communication: multicast by the network and by the application."""
