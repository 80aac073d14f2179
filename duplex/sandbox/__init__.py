"""A sandbox for other people's code: what is served in it cannot reach anything outside."""
