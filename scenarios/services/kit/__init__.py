"""What several questions of the services sheet share."""
