"""The nursery: waits for sockets on its standard input and forks a child for each.

It has one thread, holds nothing of the service, and ends when the service's end of the socket closes.
"""

from __future__ import annotations

import gc
import os
import signal
import socket

from outdial.sandbox.work import serve

NICE = 10
"""Calls go before scripts."""


def main() -> None:
    import lxml.etree  # noqa: F401  # so that no child has to

    os.nice(NICE)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the service's business
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children need no burial
    gc.freeze()
    with socket.socket(fileno=0) as control:
        while True:
            _, fds, _, _ = socket.recv_fds(control, 1, 1)
            if not fds:
                return
            if os.fork() == 0:
                control.close()
                serve(fds[0])
            os.close(fds[0])


if __name__ == "__main__":
    main()
