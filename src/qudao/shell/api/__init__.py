"""The API root: assembles the modules' routers under /api/v1, lets callers in, words what went wrong."""
