"""The test carrier: a real SIP and RTP far end on loopback, for the demo, the tests and people trying flows.

``script`` says what each dialled number does, by its last two digits; ``server`` answers the signalling,
``leg`` plays one callee, ``media`` talks and listens; ``journal`` is what the carrier itself saw, from which
tests conclude that nobody was rung twice.
"""
