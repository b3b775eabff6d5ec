"""The media process: commands in, packets out, on one thread that follows the wheel.

It lives as long as its control socket, and outlives signals meant for the service: that one decides when calls end.
"""

from __future__ import annotations

import contextlib
import gc
import os
import secrets
import select
import signal
import socket
import time
from collections import Counter, deque
from functools import partial
from itertools import islice
from pathlib import Path

from outdial.switch.embedded.media import records
from outdial.switch.embedded.media.echo import Echo
from outdial.switch.embedded.media.leg import Leg
from outdial.switch.embedded.media.prompts import Prompts
from outdial.switch.embedded.media.recording import File, Recorder, Writer
from outdial.switch.embedded.media.relay import Relay
from outdial.switch.embedded.media.sockets import PATIENCE, Line, pairs
from outdial.switch.embedded.media.tapes import Limits, Tape
from outdial.switch.embedded.media.wheel import PHASES, Wheel
from outdial.switch.port import Played, SendEnd

_COMMAND_BYTES = 1 << 18
_COMMANDS_AT_ONCE = 16
"""Between two looks at the wheel."""
_REPORTS_AT_ONCE = 64
_TURNED_EVERY_S = 5.0
_IDLE_S = 0.05
_TOO_EARLY = "nothing can play or be recorded before the far end's address is known"
_PRIORITY = -10
"""Sound waits for nobody, where we may ask for that; it does without."""


def epoch_ms() -> int:
    return time.time_ns() // 1_000_000


def run(control: socket.socket, host: str, ports: range) -> None:
    """Returns when the other side closes ``control``; recordings are complete then."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    gc.freeze()
    gc.disable()  # nothing here makes cycles, and a collection would make the wheel late
    with contextlib.suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _PRIORITY)
    control.setblocking(False)
    media = Media(host, ports)
    while media.read(control):
        media.turn()
        media.write(control)
    media.finish()


class Media:
    def __init__(self, host: str, ports: range) -> None:
        self._pairs = pairs(host, ports)
        self._lines: dict[int, Line] = {}
        self._legs: dict[int, Leg] = {}
        self._closing: dict[int, tuple[Leg, str]] = {}
        """Released, recordings on the way to disk; and what went wrong with that of the whole call."""
        self._open_files: Counter[int] = Counter()
        """By port."""
        self._relayed: set[Leg] = set()
        """Who says what its partner hears just now."""
        self._prompts = Prompts()
        self._writer = Writer()
        self._wheel = Wheel(time.monotonic())
        self._reports: deque[records.Report] = deque()
        self._turned_at = time.monotonic()

    # ── the loop's three parts ───────────────────────────────────────────────────────────────────

    def read(self, control: socket.socket) -> bool:
        """Waits for a command or the next tick; False when the other side is gone."""
        ready, _, _ = select.select([control], [], [], self._patience())
        if not ready:
            return True
        obeyed = 0
        while obeyed < _COMMANDS_AT_ONCE:
            try:
                data = control.recv(_COMMAND_BYTES)
            except BlockingIOError:
                return True
            except ConnectionError:
                return False
            if not data:
                return False
            for command in records.decode_commands(data):
                self._obey(command)
                obeyed += 1
        return True

    def turn(self) -> None:
        self._wheel.turn(time.monotonic, epoch_ms)
        while self._writer.closed:
            self._recorded(self._writer.closed.popleft())
        now = time.monotonic()
        if now - self._turned_at >= _TURNED_EVERY_S:
            self._turned_at = now
            self._reports.append(self._wheel.report())

    def write(self, control: socket.socket) -> None:
        while self._reports:
            batch = list(islice(self._reports, _REPORTS_AT_ONCE))
            try:
                control.send(records.encode(batch))
            except BlockingIOError:
                return  # the other side is busy; again with the next tick
            except ConnectionError:
                self._reports.clear()  # read() will see it
                return
            for _ in batch:
                self._reports.popleft()

    def finish(self) -> None:
        for port in list(self._legs):
            self._release(port)
        self._writer.finish()

    def _patience(self) -> float:
        due = self._wheel.next_due()
        if due is not None:
            return max(0.0, min(_IDLE_S, due - time.monotonic()))
        return _IDLE_S if self._closing or self._reports else _TURNED_EVERY_S

    # ── commands ─────────────────────────────────────────────────────────────────────────────────

    def _obey(self, command: records.Command) -> None:
        match command:
            case records.Point():
                self._point(command)
            case records.Answer():
                self._answer(command)
            case records.Play():
                self._play(command)
            case records.Echo():
                self._echo(command)
            case records.Under():
                self._under(command)
            case records.Tape():
                self._tape(command)
            case records.StopTape(port, number):
                if leg := self._legs.get(port):
                    leg.stop_tape(number, self._wheel.round(time.monotonic()), epoch_ms())
            case records.Stop() | records.Join() | records.Part() | records.Keys():
                self._direct(command)
            case records.Release(port):
                self._release(port)
            case records.Bind():
                self._bind(command)

    def _bind(self, command: records.Bind) -> None:
        bound = list(islice(self._pairs, command.count))
        self._lines |= {line.port: line for line in bound}
        self._reports.append(records.Bound([line.port for line in bound], len(bound) < command.count))

    def _point(self, command: records.Point) -> None:
        line = self._lines[command.port]
        now = time.monotonic()
        leg = self._legs.get(command.port)
        if leg is None:
            leg = self._legs[command.port] = Leg(line, self._reports.append, secrets.randbits(80))
            self._wheel.add(leg, now)
        held = not command.peer_port
        if not held:
            line.point(command.address, command.peer_port)
        try:
            leg.point(command.payload_type, command.dtmf_payload_type, held, self._wheel.round(now))
        except OSError:
            leg.outgoing.stop("stopped")  # the law changed under a sound whose other file is gone

    def _answer(self, command: records.Answer) -> None:
        if leg := self._legs.get(command.port):
            round_ = self._wheel.round(time.monotonic())
            recorder = None
            if command.recording:
                file = self._file(File(command.port, Path(command.recording), leg.outgoing.law))
                recorder = Recorder(file, self._writer, round_)
            leg.answer(round_, recorder, command.timeout_ms)

    def _play(self, command: records.Play) -> None:
        ended = partial(self._ended, command.port, command.play_id)
        leg = self._legs.get(command.port)
        if leg is None:
            ended(Played("stopped", 0), _TOO_EARLY)
            return
        try:
            leg.outgoing.play(partial(self._prompts.playlist, command.sounds), ended)
        except OSError as fault:
            ended(Played("done", 0), f"{fault.filename}: {fault.strerror}")

    def _ended(self, port: int, play_id: int, played: Played, fault: str = "") -> None:
        self._reports.append(records.PlayEnded(port, play_id, played.end, played.ms, played.first_packet_at, fault))

    def _echo(self, command: records.Echo) -> None:
        leg = self._legs.get(command.port)
        if leg is None:
            self._ended(command.port, command.play_id, Played("stopped", 0), _TOO_EARLY)
            return
        echo = Echo(command.delay_ms, leg.outgoing.law)

        def ended(played: Played) -> None:
            leg.remove(echo)
            self._ended(command.port, command.play_id, played)

        leg.outgoing.play(echo.speak, ended)
        leg.add(echo)

    def _under(self, command: records.Under) -> None:
        leg = self._legs.get(command.port)
        if leg is None:
            return
        if command.sound is None:
            leg.stop_under(command.name)
            return
        with contextlib.suppress(OSError):  # a file that has gone: there is nothing to hear
            leg.play_under(command.name, partial(self._prompts.playlist, [command.sound]), command.reduction_db)

    def _tape(self, command: records.Tape) -> None:
        leg = self._legs.get(command.port)
        if leg is None:
            self._reports.append(records.Taped(command.port, command.number, "failed", 0, 0, _TOO_EARLY))
            return
        file = File(command.port, Path(command.path), leg.outgoing.law, command.sides, command.number)
        limits = Limits(command.max_ms, command.silence_level, command.silence_ms)
        leg.record(Tape(self._file(file), self._writer, self._wheel.round(time.monotonic()), limits))

    def _direct(self, command: records.Stop | records.Join | records.Part | records.Keys) -> None:
        leg = self._legs.get(command.port)
        match command:
            case records.Stop() if leg:
                leg.outgoing.stop("stopped")
            case records.Join(_, other):
                partner = self._legs.get(other)
                if leg and partner:
                    self._part(leg)
                    self._part(partner)
                    self._relay(leg, partner)
                    self._relay(partner, leg)
            case records.Part() if leg:
                self._part(leg)
            case records.Keys(port, number, keys, ms):
                told = partial(self._keys_sent, port, number)
                if leg:
                    leg.send_keys(keys, ms, told)
                else:
                    told("unsupported")

    def _relay(self, heard: Leg, to: Leg) -> None:
        def listen() -> None:
            now = time.monotonic()
            heard.hear(self._wheel.round(now), self._wheel.arrival(heard.slot, now), epoch_ms())

        def ended(_: Played) -> None:
            heard.remove(relay)
            self._relayed.discard(to)

        relay = Relay(to.outgoing.law, listen)
        to.outgoing.play(relay.speak, ended)
        self._relayed.add(to)
        heard.add(relay)
        heard.partner = to
        self._lines[heard.line.port].patience = PATIENCE * PHASES

    def _part(self, leg: Leg) -> None:
        """Either side's end parts both."""
        if leg.partner is None:
            return
        for each in (leg, leg.partner):
            each.partner = None
            if each in self._relayed:
                each.outgoing.stop("stopped")
            self._lines[each.line.port].patience = PATIENCE

    def _keys_sent(self, port: int, number: int, end: SendEnd) -> None:
        self._reports.append(records.KeysSent(port, number, end))

    def _file(self, file: File) -> File:
        self._open_files[file.port] += 1
        return file

    def _release(self, port: int) -> None:
        leg = self._legs.pop(port, None)
        if leg is None:
            self._reports.append(records.Closed(records.Counted(port, 0, 0, 0, 0.0, 0), ""))
            return
        self._part(leg)
        self._wheel.remove(leg)
        leg.close(self._wheel.round(time.monotonic()), epoch_ms())
        self._lines[port].rest()
        self._closing[port] = leg, ""
        self._close_if_written(port)

    def _recorded(self, file: File) -> None:
        port = file.port
        if file.number:
            end = "failed" if file.fault else file.end
            self._reports.append(records.Taped(port, file.number, end, file.ms, file.bytes_written, file.fault))
        elif port in self._closing:
            self._closing[port] = self._closing[port][0], file.fault
        self._open_files[port] -= 1
        self._close_if_written(port)

    def _close_if_written(self, port: int) -> None:
        if not self._open_files[port] and port in self._closing:
            del self._open_files[port]
            leg, fault = self._closing.pop(port)
            self._reports.append(records.Closed(leg.figures(), fault))
