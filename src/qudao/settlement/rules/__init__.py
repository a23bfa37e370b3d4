"""Pure rules of settlement: credit, billing and cash, statements, what counts for a rebate."""
