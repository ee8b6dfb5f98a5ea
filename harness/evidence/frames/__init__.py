"""Frame tables: what an exchange should look like on the wire, as data, and how a capture is held against it."""
