"""The rules of stock, pure: no database, no clock, no words for people.

status      what condition goods are in, and the only ways from one to another
moves       the stock key, moves between keys, and what they do to balances
eligibility whether a lot may serve a document line, and every reason why not
allocation  first expiry first over several warehouses, with what was passed over and why
promise     what can still be promised for a day (available to promise)
cost        cost layers, first in first out, exact to the cent
units       entered quantities and scanned packages in base units
"""
