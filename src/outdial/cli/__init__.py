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
app.command(
    "outdial.cli.serve:serve", name="serve", help="Run the service: REST, the admin site, the dialer, SIP and media."
)
app.command(
    "outdial.cli.demo:demo",
    name="demo",
    help="Dial a campaign before your eyes, against a test carrier on this machine.",
)
app.command("outdial.cli.config:config", name="config", help="Show every setting, its value, and where it came from.")
app.command(
    "outdial.cli.doctor:doctor", name="doctor", help="Say what is not right on this machine, and how to mend it."
)
app.command("outdial.cli.backup:backup", name="backup", help="Back the service's data up while it runs.")
app.command(
    "outdial.cli.backup:restore", name="restore", help="Put a backup in place of the data, with the service stopped."
)
app.command(
    "outdial.cli.carrier:carrier",
    name="carrier",
    help="Answer calls like people would: the last two digits choose what happens.",
)
app.command("outdial.cli.call:call", name="call", help="Ring one number now, with a queue's flow, trunk and rules.")
app.command("outdial.cli.user:app", name="user", help="People who sign in: list, add, tokens, passwords.")
app.command(
    "outdial.cli.schema:app", name="schema", help="Flow schemas in files: check, run without a telephone, draw."
)
app.command("outdial.cli.files.commands:export", name="export", help="Write a service's configuration into a folder.")
app.command("outdial.cli.files.commands:apply", name="apply", help="Make a service as a file or folder says.")


def main() -> None:
    """Entry point; a user's mistake is one sentence and exit code 2, never a traceback."""
    try:
        app()
    except OutdialError as error:
        print(f"outdial: {error.detail}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
