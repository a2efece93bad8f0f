"""The fakes: in memory, on the clock of their world, with the answers of the real thing or a refusal."""
