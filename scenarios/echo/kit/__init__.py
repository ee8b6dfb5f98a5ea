"""What several questions of the echo sheet share."""
