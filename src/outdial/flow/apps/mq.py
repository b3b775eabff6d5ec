"""``mq``: publishes JSON to the message queue of the settings (flow-engine §4.6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from outdial.domain.errors import OutdialError
from outdial.flow.body import json_body
from outdial.flow.declare import application, arg
from outdial.flow.errors import AppFailed
from outdial.flow.machine import Run


@dataclass(frozen=True, slots=True)
class Mq:
    exchange: str = arg("", required=True, help="AMQP: the exchange. NATS: what the subject begins with.")
    topic: str = arg("", required=True, help="AMQP: the routing key. NATS: the rest of the subject, after a dot.")
    body: Any = arg(None, help="What to publish: anything, as JSON, or a text that is JSON.")
    set_err: str = arg("", wire="setErr", sets=True, help="Variable for what went wrong.")


@application("mq", args=Mq, group="outside", waits=True, outside=True, help="Publishes JSON to the message queue.")
async def mq(run: Run, args: Mq) -> None:
    try:
        if not args.exchange or not args.topic:
            raise AppFailed("exchange and topic are needed")
        await run.env.net.publish(args.exchange, args.topic, json_body(args.body, run.scope.expand))
    except OutdialError as error:
        if args.set_err:
            run.connection.set(args.set_err, error.detail)
        raise
