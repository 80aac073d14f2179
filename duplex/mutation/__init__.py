"""Mutation of the solutions: small changes of their code, each of which a grader should notice."""
