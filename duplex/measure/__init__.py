"""Measurements that the notebooks make, one module a topic."""
