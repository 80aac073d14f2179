"""Where a consumer finds who says goodbye here: it is the edge."""

from config.edge import GOING_AWAY
from config.edge import edge as goodbye

__all__ = ["GOING_AWAY", "goodbye"]
