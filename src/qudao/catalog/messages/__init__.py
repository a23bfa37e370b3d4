"""Words for the reasons of the catalogue."""

from .codes import CODES
from .products import PRODUCTS

MESSAGES = CODES | PRODUCTS
