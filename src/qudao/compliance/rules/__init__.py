"""Rules of trace and retention. Pure."""
