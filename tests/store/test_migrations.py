"""The migrations lead to the tables the code describes, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine

from outdial.store import migrations, postgres, roles
from outdial.store.tables import metadata
from tests.store.ground import Ground

T = TypeVar("T")


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


def upgraded(url: str, work: Callable[[Connection], T], revision: str = "head") -> T:
    """Runs some work after the migrations up to a revision."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))

    def run(conn: Connection) -> T:
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
        return work(conn)

    async def on_postgres() -> T:
        engine = postgres.engine_for(url)
        async with engine.begin() as conn:
            done = await conn.run_sync(run)
        await engine.dispose()
        return done

    if url.startswith("postgresql"):
        return asyncio.run(on_postgres())
    engine = create_engine(url)
    with engine.begin() as conn:
        done = run(conn)
    engine.dispose()
    return done


@pytest.mark.parametrize("kind", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def test_whoever_was_an_admin_has_the_role_of_administrators(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    url = f"sqlite:///{tmp_path / 'old.db'}" if kind == "sqlite" else request.getfixturevalue("cluster").new_database()

    def as_before(conn: Connection) -> None:
        conn.exec_driver_sql("INSERT INTO domain (name, created_at) VALUES ('default', 5)")
        for place, admin in enumerate(("true", "false")):
            conn.exec_driver_sql(
                'INSERT INTO "user" (domain_id, name, name_folded, username, email, password_hash, admin, disabled,'
                f" created_at, updated_at) VALUES (1, 'n', 'n', 'user{place}', '', '', {admin}, false, 5, 5)"
            )
        for usage, once in (("session", "false"), ("script", "false"), ("", "true")):
            conn.exec_driver_sql(
                "INSERT INTO token (domain_id, user_id, sha256, usage, one_time)"
                f" VALUES (1, 1, 'digest of {usage}', '{usage}', {once})"
            )

    def seen(conn: Connection) -> tuple[Any, ...]:
        who = [(roles.standing(conn, id_).rights.everything, len(roles.standing(conn, id_).roles)) for id_ in (1, 2)]
        kinds = conn.exec_driver_sql("SELECT kind FROM token ORDER BY id").scalars().all()
        return who, list(kinds)

    upgraded(url, as_before, "0005")
    assert upgraded(url, seen) == ([(True, 2), (False, 1)], ["session", "token", "link"])
