"""The world outside, as flows and webhooks reach it: HTTP, mail, queues, caches, other databases.

    who asks ──▶ Guard: resolve the name, check every address ──▶ connect to the checked address
                                    │
                                    └── http · mail · sql        (hosts that a schema names)
    settings ──▶ cache · queue                                   (hosts that the operator names)

There is one guard, ``guard.Guard``, and no other way out for an address that a schema, a webhook or an upload brings.
"""
