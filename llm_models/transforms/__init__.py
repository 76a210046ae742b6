"""Transforms as data, one file a source: what the source may hold, and where it goes in our records."""
