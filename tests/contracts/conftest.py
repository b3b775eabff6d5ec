"""The stores every contract is checked on."""

from __future__ import annotations

from tests.store.conftest import cluster, durable, ground

__all__ = ["cluster", "durable", "ground"]
