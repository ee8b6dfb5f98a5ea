"""What all tests share: the machine, one beside the other or alone, and the count of verdicts that it was too busy for."""

pytest_plugins = ["tests.quiet_plugin"]
