"""A course of one command."""
