"""The path to the current tables. Each migration is safe before the code that needs it runs."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection


def migrate(conn: Connection) -> None:
    """Brings the tables to the newest version, inside the caller's transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = conn
    command.upgrade(config, "head")
