"""Entities: merging of sources, values, mentions of one person or body, user dictionaries."""
