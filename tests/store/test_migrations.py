"""The migrations lead to the tables the code describes, on both databases."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from outdial.store import migrations
from outdial.store.tables import metadata
from tests.store.ground import Ground


def differences(conn: Connection) -> list[Any]:
    context = MigrationContext.configure(conn, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def test_migrations_equal_the_metadata(durable: Ground) -> None:
    assert durable.read(differences) == []


def test_sqlite_tables_are_the_same_word_for_word(tmp_path: Path) -> None:
    """Column by column and index by index: memory stores skip the migrations."""
    migrated, described = Ground(f"sqlite:///{tmp_path / 'x.db'}", "file"), Ground(":memory:", "memory")
    wanted = (
        "SELECT m.name, i.* FROM sqlite_master m JOIN pragma_table_info(m.name) i WHERE m.type = 'table' ORDER BY 1, 2"
    )
    plain = [row for row in migrated.sql(wanted) if row[0] != "alembic_version"]
    assert plain == described.sql(wanted)
    indexes = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name <> 'alembic_version' ORDER BY 1"
    assert migrated.sql(indexes) == described.sql(indexes)
    migrated.close()
    described.close()


def test_there_is_one_path_of_migrations() -> None:
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    assert len(scripts.get_heads()) == 1


def test_opening_again_changes_nothing(durable: Ground) -> None:
    ((revision, epoch),) = durable.sql("SELECT revision, epoch FROM config_revision")
    durable.reopen()
    assert durable.sql("SELECT revision, epoch FROM config_revision") == [(revision, epoch + 1)]


@pytest.mark.postgres
def test_postgres_keeps_flows_as_they_were_written(cluster: Any) -> None:
    ground = Ground(cluster.new_database(), "postgres")
    kinds = ground.sql("SELECT DISTINCT data_type FROM information_schema.columns WHERE data_type LIKE 'json%'")
    assert kinds == [("json",)]
    ground.close()
