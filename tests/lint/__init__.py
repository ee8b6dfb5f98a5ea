"""./lab lint: what can be said of the code without running it."""
