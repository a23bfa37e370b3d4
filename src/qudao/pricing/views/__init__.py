"""Pages of pricing: lists, the contract, its files, promotions, how a price comes about."""
