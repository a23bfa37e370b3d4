"""Orders over the API: placed and followed, picked, shipped, signed for, returned."""

from qudao.orders.api import ordering, shipping
from qudao.orders.api.routing import router

__all__ = ["ordering", "router", "shipping"]
