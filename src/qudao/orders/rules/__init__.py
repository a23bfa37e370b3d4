"""Pure rules of orders: requests, line amounts, life requirements, states, splitting."""
