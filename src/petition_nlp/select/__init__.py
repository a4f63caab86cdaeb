"""What to label next: uncertainty × diversity × rarity, without near duplicates of what is labelled."""

from petition_nlp.select.choose import STRATEGIES, Strategy, choose
from petition_nlp.select.pool import Selection, read_pool, select, write_selection
from petition_nlp.select.score import project, rarity, uncertainty

__all__ = [
    "STRATEGIES",
    "Selection",
    "Strategy",
    "choose",
    "project",
    "rarity",
    "read_pool",
    "select",
    "uncertainty",
    "write_selection",
]
