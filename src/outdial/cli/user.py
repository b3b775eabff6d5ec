"""``outdial user``: people who may sign in. ``reset`` works on the store with the service stopped, the rest by REST."""

from __future__ import annotations

import asyncio
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from outdial.app import reset_password
from outdial.cli.rest import connect
from outdial.domain.errors import UserMistake
from outdial.settings import load

app = App(name="user", help="People who may sign in.")
Token = Annotated[str, Parameter(help="API token; else OUTDIAL_TOKEN or OUTDIAL_ADMIN_TOKEN")]


@app.command
def reset(name: str = "admin") -> None:
    """Give NAME a new password and end all their tokens. Stop the service first."""
    password = asyncio.run(reset_password(load().settings, name))
    print(f"{name} signs in with the password {password} from now on; all earlier tokens have ended.")


@app.command(name="list")
def list_(*, token: Token = "") -> None:
    """List the users."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("id", "username", "name"):
        table.add_column(title)
    for user in connect(load().settings, token).get("/users", size=1000).get("items") or []:
        table.add_row(user["id"], user.get("username", ""), user.get("name", ""))
    Console().print(table)


@app.command
def token(name: str, *, usage: str = "command line", token: Token = "") -> None:
    """Make a permanent API token for NAME and print it; it is shown this once."""
    rest = connect(load().settings, token)
    found = [u for u in rest.get("/users", size=1000).get("items") or [] if u.get("username") == name]
    if not found:
        raise UserMistake(f"There is no user {name}; `outdial user list` shows who there is.")
    print(rest.post(f"/users/{found[0]['id']}/tokens", {"usage": usage})["token"])
