"""What the notebooks import: `show` for all of them, and a module of its own for each topic."""
