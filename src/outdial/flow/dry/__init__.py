"""Dry runs: a schema with no telephone, a scripted caller, virtual time, and nothing done to the world.

scenario ── what the person does, what the world answers ──▶ rehearse ──▶ Report: trace, timeline, end
"""
