"""Whose certificates are believed."""

from __future__ import annotations

import ssl

import certifi


def trust(*, verify: bool) -> ssl.SSLContext:
    """The machine's certificates and Mozilla's; or none asked for."""
    context = ssl.create_default_context()
    if verify:
        context.load_verify_locations(certifi.where())
    else:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
