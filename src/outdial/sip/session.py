"""Offer and answer of one call (RFC 3264): ours goes out with the INVITE, later ones come from the far end."""

from __future__ import annotations

from outdial.sip import sdp
from outdial.sip.message import Message


class Session:
    """Our description and what is agreed so far."""

    __slots__ = ("_early", "_offered", "local", "media")

    def __init__(self, local: sdp.Local) -> None:
        self.local = local
        self.media: sdp.Media | None = None
        """Agreed by the answer; None before."""
        self._early: sdp.Media | None = None
        self._offered = False

    def offer(self) -> bytes:
        return sdp.offer(self.local)

    def early(self, message: Message) -> sdp.Media | None:
        """What a provisional response says of the media; None when it says nothing usable."""
        if not has_description(message):
            return None
        try:
            self._early = sdp.answered(message.body)
        except ValueError:
            return None
        return self._early

    def agree(self, message: Message) -> sdp.Media:
        """The answer in a 2xx; without one, the description that came early.

        Raises ValueError when there is none, or none we can speak.
        """
        media = sdp.answered(message.body) if has_description(message) else self._early
        if media is None:
            raise ValueError("no media in the session description")
        self.media = media
        return media

    def reoffer(self) -> bytes:
        """Our offer in the answer to a re-INVITE without one; the ACK brings its answer."""
        self._offered = True
        self.local = self.local.next()
        return sdp.offer(self.local)

    @property
    def waiting(self) -> bool:
        """True while an offer of ours has no answer yet: another one gets 491."""
        return self._offered or self.media is None

    def close_offer(self, message: Message) -> sdp.Media | None:
        """The ACK that answers ``reoffer``; None when nothing changed."""
        if not self._offered:
            return None
        self._offered = False
        try:
            media = sdp.answered(message.body)
        except ValueError:
            return None
        return self._change(media)

    def answer(self, message: Message) -> tuple[bytes, sdp.Media | None]:
        """Our answer to a new offer, and the agreement if it changed. Raises ValueError: 488."""
        local = self.local.next()
        body, media = sdp.answer(local, message.body, self.media)
        self.local = local
        return body, self._change(media)

    def _change(self, media: sdp.Media) -> sdp.Media | None:
        if media == self.media:
            return None
        self.media = media
        return media


def has_description(message: Message) -> bool:
    """Whether the body is SDP; a body whose type is not named is taken for it."""
    return bool(message.body) and message.content_type in (sdp.CONTENT_TYPE, "")
