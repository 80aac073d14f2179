"""The reading site: the notebooks, labs, clinic and guide as web pages, built without a network."""

from duplex.site.build import OUT, build

__all__ = ["OUT", "build"]
