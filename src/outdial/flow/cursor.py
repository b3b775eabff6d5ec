"""Where a run stands in its program, and how it jumps (flow-engine §1.4, §1.6)."""

from __future__ import annotations

from outdial.flow.program import Program, Step

MAX_JUMPS = 1000
"""A jump is refused when more than so many were made: 1,001 succeed."""


class Cursor:
    __slots__ = ("_block", "_jumps", "_positions", "_program")

    def __init__(self, program: Program) -> None:
        self._program = program
        self._block = 0
        self._positions = [0] * len(program.blocks)
        self._jumps = 0

    def next(self) -> Step | None:
        """The step to run now; None when the root has run out."""
        while True:
            block, at = self._program.blocks[self._block], self._positions[self._block]
            if at < len(block.steps):
                self._positions[self._block] = at + 1
                return block.steps[at]
            self._positions[self._block] = 0
            if block.parent < 0:
                return None
            self._block = block.parent

    def enter(self, block: int) -> None:
        """Goes into a branch of the step that runs now, at its first step."""
        self._block = block
        self._positions[block] = 0

    def jump(self, tag: str) -> bool:
        """Makes the tagged step the next one; False when there is no such tag or too many jumps were made."""
        target = self._program.tags.get(tag)
        if target is None or self._jumps > MAX_JUMPS:
            return False
        self._jumps += 1
        left, (block, at) = self._block, target
        self._positions[left] = 0
        self._block = block
        self._positions[block] = at
        self._place_ancestors(block, from_root=left == 0)
        return True

    def _place_ancestors(self, block: int, *, from_root: bool) -> None:
        """After the branch ends the flow goes on behind the composite it belongs to.

        Ancestors further up keep their place; those never entered count as finished. A jump out of the root leaves
        it behind the composite that holds the target, not at its start (ours).
        """
        blocks, positions = self._program.blocks, self._positions
        above = blocks[block].parent
        if above < 0:
            return
        positions[above] = blocks[block].at + 1
        above = blocks[above].parent
        while above > 0 and positions[above] == 0:
            positions[above] = len(blocks[above].steps)
            above = blocks[above].parent
        if from_root:
            positions[0] = self._place_in_root(block) + 1

    def _place_in_root(self, block: int) -> int:
        """Where in the root the composite stands that holds this block, however deep."""
        blocks = self._program.blocks
        while blocks[block].parent > 0:
            block = blocks[block].parent
        return blocks[block].at
