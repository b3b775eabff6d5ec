"""The applications: importing this package registers them all."""

from outdial.flow.apps import call, control, data, forks, http, playback, results, say, tts, waiting

__all__ = ["call", "control", "data", "forks", "http", "playback", "results", "say", "tts", "waiting"]
