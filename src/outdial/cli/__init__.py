"""The ``outdial`` command: one file per command. Only ``serve`` and ``demo`` start the service."""

from __future__ import annotations

import sys

from cyclopts import App

from outdial.domain.errors import OutdialError

app = App(
    name="outdial",
    help="An outbound IVR dialer: rings people over SIP, runs a voice flow, keeps a history that can be trusted.",
    version_flags=["--version"],
)
app.command("outdial.cli.serve:serve", name="serve")
app.command("outdial.cli.demo:demo", name="demo")
app.command("outdial.cli.config:config", name="config")
app.command("outdial.cli.doctor:doctor", name="doctor")
app.command("outdial.cli.backup:backup", name="backup")
app.command("outdial.cli.backup:restore", name="restore")
app.command("outdial.cli.carrier:carrier", name="carrier")
app.command("outdial.cli.call:call", name="call")
app.command("outdial.cli.user:app", name="user")
app.command("outdial.cli.schema:app", name="schema")
app.command("outdial.cli.files.commands:export", name="export")
app.command("outdial.cli.files.commands:apply", name="apply")


def main() -> None:
    """Entry point; a user's mistake is one sentence and exit code 2, never a traceback."""
    try:
        app()
    except OutdialError as error:
        print(f"outdial: {error.detail}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
