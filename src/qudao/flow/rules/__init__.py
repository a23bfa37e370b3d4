"""What a reported sale means: names, customers, products, months and states. Pure."""
