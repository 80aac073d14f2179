"""Pictures that the notebooks draw, one module a topic."""
