"""Makes the database of the example: one table, one row."""

from __future__ import annotations

import sqlite3
from pathlib import Path


def prepare(file: Path) -> None:
    """Make the file."""
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE stock (item TEXT PRIMARY KEY, quantity INTEGER NOT NULL)")
    connection.execute("INSERT INTO stock VALUES ('book', 5)")
    connection.commit()
    connection.close()


if __name__ == "__main__":
    prepare(Path("shop.db"))
