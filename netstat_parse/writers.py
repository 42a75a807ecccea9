"""Snapshots -> CSV, JSON Lines, JSON.

The library's functions take Snapshots. The command converts large logs through the sinks, which
make the same text of a row's cells, without a model for each; the tests hold the two together.
"""

from __future__ import annotations

import csv
import io
import json
...
