"""The schema language: what runs while a person is on the line, and before and after a call.

    schema (JSON) ──parse──▶ Program (immutable, shared by all runs)
                               │
    Env (connection, caller, clock …) ──▶ Run: cursor → decode arguments → application → trace
                                            │                                  │
                                            └── expressions: native or QuickJS ┘

``parse.parse`` reads a schema, ``validate.validate`` says what is wrong with it (one kind of mistake a file in
``checks/``), ``catalogue`` tells editors what there is, ``dry.rehearse`` runs without a telephone. ``run.run`` runs a
voice flow, ``attempt.run_before`` and ``attempt.run_after`` run pre-flows and after-flows. Applications live in
``apps/``, one declaration each. The room asks for what it needs in ``ports``; it knows no switch, no store and no HTTP.
"""
