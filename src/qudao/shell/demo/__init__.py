"""The living demo company: twelve months of a large distributor's trade around the small company.

Pure plans (`names`, `families`, `products`, `network`, `calendar`) say from a seed and a day what happens; `build`
lets it happen through the product's own operations. `Stories` names what each page can show.
"""
