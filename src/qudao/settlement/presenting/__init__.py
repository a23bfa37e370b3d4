"""What the pages of settlement show, from views to plain template data."""
