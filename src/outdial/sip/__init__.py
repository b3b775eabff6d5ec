"""SIP as pure machines: bytes and ``now`` in; bytes, events and "call me at" out. No sockets, no clock.

``message``, ``uri`` and ``sdp`` are the grammar; ``digest`` the credentials; ``transaction`` the tables of
RFC 3261 §17; ``dialog``, ``call`` and ``registration`` the machines; ``agent`` hands datagrams to them.
Whatever cannot be read raises ValueError with a fixed sentence.
"""
