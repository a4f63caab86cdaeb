"""China's administrative divisions, province to township: found in running text, and place names parsed to codes.

The table and its licence: docs/gazetteer.md.
"""

from petition_nlp.gazetteer.find import Gazetteer, PlaceMatch, default_gazetteer
from petition_nlp.gazetteer.table import Division, Table, load_table

__all__ = ["Division", "Gazetteer", "PlaceMatch", "Table", "default_gazetteer", "load_table"]
