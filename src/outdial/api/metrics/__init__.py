"""What the service counts and measures, for Prometheus: `docs/operations.md` lists every name."""
