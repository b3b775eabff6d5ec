"""``outdial user``: people who may sign in. ``reset`` and ``2fa-off`` work on the store with the service stopped, for
whoever has locked themselves out; the rest goes by REST."""

from __future__ import annotations

import asyncio
import secrets
from typing import Annotated, Any

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from outdial.app import reset_password, second_factor_off
from outdial.cli.rest import Rest, connect
from outdial.domain.errors import UserMistake
from outdial.settings import load

app = App(name="user", help="People who may sign in.")
Token = Annotated[str, Parameter(help="API token; else OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN")]


@app.command
def reset(name: str = "admin") -> None:
    """Give NAME a new password and end all their tokens. Stop the service first."""
    password = asyncio.run(reset_password(load().settings, name))
    print(f"{name} signs in with the password {password} from now on; all earlier tokens have ended.")


@app.command(name="2fa-off")
def second_factor(name: str = "admin") -> None:
    """Turn the second factor of NAME off, when they have lost it. Stop the service first."""
    was_on = asyncio.run(second_factor_off(load().settings, name))
    print(f"{name} signs in with the password alone." if was_on else f"{name} has no second factor.")


@app.command(name="list")
def list_(*, token: Token = "") -> None:
    """List the users with their roles."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("id", "username", "name", "roles", "state"):
        table.add_column(title)
    for user in _users(connect(load().settings, token)):
        roles = ", ".join(role["name"] for role in user.get("roles", ()))
        state = "disabled" if user.get("disabled") else ""
        table.add_row(user["id"], user.get("username", ""), user.get("name", ""), roles, state)
    Console().print(table)


@app.command
def add(name: str, *, full_name: str = "", role: tuple[str, ...] = (), admin: bool = False, token: Token = "") -> None:
    """Add a user NAME with a password that they change at their first sign-in.

    Parameters
    ----------
    name
        The user name.
    full_name
        As others see it.
    role
        Name of a role to give; may be repeated.
    admin
        May everything.
    """
    rest = connect(load().settings, token)
    password = secrets.token_urlsafe(12)
    body = {"username": name, "name": full_name or name, "password": password, "admin": admin,
            "roles": [{"id": _role(rest, one)} for one in role], "must_change_password": True}  # fmt: skip
    rest.post("/users", body)
    print(f"{name} signs in with the password {password} and has to choose another one.")


@app.command
def disable(name: str, *, token: Token = "") -> None:
    """Shut NAME out: no sign-in, all their tokens end."""
    rest = connect(load().settings, token)
    rest.patch(f"/users/{_user(rest, name)['id']}", {"disabled": True})
    print(f"{name} is shut out; `outdial user enable {name}` lets them in again.")


@app.command
def enable(name: str, *, token: Token = "") -> None:
    """Let NAME in again."""
    rest = connect(load().settings, token)
    rest.patch(f"/users/{_user(rest, name)['id']}", {"disabled": False})
    print(f"{name} may sign in.")


@app.command
def token(name: str, *, usage: str = "command line", token: Token = "") -> None:
    """Make a permanent API token for NAME and print it; it is shown this once."""
    rest = connect(load().settings, token)
    print(rest.post(f"/users/{_user(rest, name)['id']}/tokens", {"usage": usage})["token"])


def _users(rest: Rest) -> list[dict[str, Any]]:
    return list(rest.get("/users", size=1000).get("items") or [])


def _user(rest: Rest, name: str) -> dict[str, Any]:
    found = [user for user in _users(rest) if user.get("username") == name]
    if not found:
        raise UserMistake(f"There is no user {name}; `outdial user list` shows who there is.")
    return found[0]


def _role(rest: Rest, name: str) -> str:
    rows = rest.get("/roles", size=1000).get("items") or []
    found = [str(row["id"]) for row in rows if row.get("name") == name and not row.get("user")]
    if not found:
        known = ", ".join(row["name"] for row in rows if not row.get("user"))
        raise UserMistake(f"There is no role {name}; there are: {known}.")
    return found[0]
