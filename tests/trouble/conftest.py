"""Tests here are coroutines too, and some want a database server of their own."""

from __future__ import annotations

from tests.postgres import cluster

__all__ = ["cluster"]
