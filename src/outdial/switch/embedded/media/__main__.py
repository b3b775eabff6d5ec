"""``python -m outdial.switch.embedded.media FD HOST FIRST_PORT END_PORT``: started by ``client.py`` only."""

from __future__ import annotations

import os
import socket
import sys

from outdial.switch.embedded.media.process import run

if __name__ == "__main__":
    fd, host, first, end = sys.argv[1:]
    control = socket.socket(fileno=os.dup(int(fd)))  # a small number, as select() needs it
    os.close(int(fd))
    run(control, host, range(int(first), int(end)))
