"""The applications: importing this package registers them all."""

from outdial.flow.apps import (
    compute,
    people,
    records,
)

__all__ = [
    "compute",
    "people",
    "records",
]
