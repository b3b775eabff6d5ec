"""Where hostile work is done: each script or document in a process of its own that the kernel ends on time.

service ──control socket──▶ nursery (small, one thread, everything imported)
    │                          │ fork, in a millisecond
    └──── the job's socket ──▶ child: limits, then the job; its answer, or nothing
"""

from outdial.sandbox.client import Sandbox

__all__ = ["Sandbox"]
