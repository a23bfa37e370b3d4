"""Where a lot came from and where it went: the moves of its whole life, summed in the database.

Ends inside our books are (site, status); ends outside (suppliers, customers, loss) have the status ''. What
dealers report as sold on is a move between two outside ends: nobody's balance changes, the trace goes on.

Stock is ours alone: call inside an acting transaction, or as the house. Costs never appear here.
"""

from .identities import lots, lots_coded, lots_of, serials, serials_coded, sites, sites_of_parties
from .life import deliveries, flows, lying, moves, serials_in, standing
from .outside import left_outside, pass_on
from .views import (
    CAME_BACK,
    SOLD_ON,
    Delivery,
    Flow,
    Left,
    LotView,
    Lying,
    MoveView,
    Onward,
    SerialView,
    SiteView,
    Standing,
)

__all__ = [
    "CAME_BACK",
    "SOLD_ON",
    "Delivery",
    "Flow",
    "Left",
    "LotView",
    "Lying",
    "MoveView",
    "Onward",
    "SerialView",
    "SiteView",
    "Standing",
    "deliveries",
    "flows",
    "left_outside",
    "lots",
    "lots_coded",
    "lots_of",
    "lying",
    "moves",
    "pass_on",
    "serials",
    "serials_coded",
    "serials_in",
    "sites",
    "sites_of_parties",
    "standing",
]
