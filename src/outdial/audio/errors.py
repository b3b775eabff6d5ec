"""What is wrong with somebody's audio, said so that they can put it right."""

from __future__ import annotations


class BadAudio(ValueError):
    """The sentence is meant for the person who brought the file or wrote the tone."""
