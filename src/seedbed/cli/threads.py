"""How many threads a product of matrices may take: one, unless the user says otherwise.

Matrices here are a few hundred wide. On two cores that other work shares, two threads took twice the CPU of one for the
products of a release and hardly less time, because each waits for the other by spinning; on idle cores they save a part
of seconds in a minute. What gains by more cores (reading, embedding) has processes of its own.
"""

from __future__ import annotations

from collections.abc import MutableMapping

__all__ = ["one_thread"]

_OWN = "OPENBLAS_NUM_THREADS"
# all that OpenBLAS reads: who has set any of them has decided
_READ = (_OWN, "GOTO_NUM_THREADS", "OMP_NUM_THREADS")


def one_thread(environment: MutableMapping[str, str]) -> None:
    """Have this process and its children compute on one thread each. It must come before numpy is read."""
    if not any(environment.get(name) for name in _READ):
        environment[_OWN] = "1"
