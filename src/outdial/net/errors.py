"""What can go wrong on the way out."""

from __future__ import annotations

from outdial.domain.errors import PeerFault, UserMistake


class Refused(UserMistake):
    """We do not go there."""

    id = "app.net.refused"


class Unreachable(PeerFault):
    """The other side did not answer, or not in a way that could be understood."""

    id = "app.net.unreachable"
