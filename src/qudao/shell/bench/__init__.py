"""The bench: the product's hot paths against hand-written SQL that does the same, in turns on one machine.

A ratio says what the product costs beyond the database's own work; it holds on any machine, milliseconds do
not. docs/scale.md says what follows from it.
"""

DATABASE = "qudao_bench"
