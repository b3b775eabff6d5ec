"""The stores every contract is checked on."""

from __future__ import annotations

from tests.store.conftest import blank, cluster, durable, ground, shared

__all__ = ["blank", "cluster", "durable", "ground", "shared"]
