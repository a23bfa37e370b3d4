"""What a thing costs and what it earns back: pure rules, the same figures wherever they run.

`price` chooses the unit price and works out a line, `promotion` takes spend-and-save offers off it,
`rebate` turns a volume into an explained rebate, `pool` spends it, `case` reads one from JSON.
"""
