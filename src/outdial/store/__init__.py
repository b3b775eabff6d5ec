"""Durable state: plain functions on a connection, run by a ``Store``."""

from __future__ import annotations

from outdial.store.base import Store
from outdial.store.opening import open_store

__all__ = ["Store", "open_store"]
