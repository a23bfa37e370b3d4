"""The main job in a minute, in the terminal: `qudao tour`. See docs/domain/tour.md.

Each chapter is a module with functions that do the work through the product's own operations, as the people
of the small company, and write inputs, figures and checks into the book. A check that fails ends the tour.
"""
