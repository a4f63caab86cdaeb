"""A folder of bundles of which one is in service; promotion, rollback, and their history."""

from petition_nlp.registry.promote import WorseError, promote, rollback
from petition_nlp.registry.store import Event, Registry, current

__all__ = ["Event", "Registry", "WorseError", "current", "promote", "rollback"]
