"""Pages of sell-through: files and their lines, taking one in, the matching desk, who is in time."""
