"""The HTTP service of petition-nlp: an API for the intranet and a page for the people who read petitions."""

from __future__ import annotations

__all__: list[str] = []
