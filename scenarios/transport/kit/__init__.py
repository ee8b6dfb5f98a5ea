"""What several questions of the transport sheet share."""
