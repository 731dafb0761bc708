"""How soon Seedbed is there: CPU seconds of `import seedbed` and of `seedbed --help`, and the modules they load.

Half a second is what a person takes for "at once". The packages below each take longer than that or hundreds of MiB,
so none of them may be loaded before a command needs it.
"""

from __future__ import annotations

import json
import statistics
import sys

from _bench import Check, arguments, child, conclude

IMPORT_S, HELP_S, RUNS = 0.3, 0.5, 7
HEAVY = {
    "aiohttp", "jinja2", "numpy", "onnxruntime", "polars", "rapidfuzz", "scipy", "spacy", "sqlalchemy", "torch",
    "vl_convert", "xllamacpp",
}  # fmt: skip

_LOADED = "import json, sys; print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
IMPORT = [sys.executable, "-c", "import seedbed"]
HELP = [sys.executable, "-m", "seedbed", "--help"]
IMPORT_LOADS = [sys.executable, "-c", f"import seedbed; {_LOADED}"]
HELP_LOADS = [
    sys.executable,
    "-c",
    "import contextlib, io, sys; sys.argv = ['seedbed', '--help']\n"
    "from seedbed.cli import main\n"
    "with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()): main()\n" + _LOADED,
]


def seconds(command: list[str]) -> float:
    """The median of RUNS runs, after one that fills the caches."""
    child(command)
    return statistics.median(child(command)[0] for _ in range(RUNS))


def loaded(command: list[str]) -> set[str]:
    """Third-party top-level modules that are loaded at the end of `command`."""
    names = json.loads(child(command)[1].splitlines()[-1])
    return {name for name in names if name not in sys.stdlib_module_names and not name.startswith("_")} - {"seedbed"}


def heavy(what: str, modules: set[str]) -> Check:
    found = sorted(modules & HEAVY)
    return Check(f"{what}: heavy modules", ", ".join(found) or "none", holds=not found)


def main() -> None:
    options = arguments(__doc__).parse_args()
    bare = seconds([sys.executable, "-c", "pass"])
    by_import, by_help = loaded(IMPORT_LOADS), loaded(HELP_LOADS)
    for what, modules in (("import seedbed", by_import), ("seedbed --help", by_help)):
        print(f"{what} loads: {', '.join(sorted(modules)) or 'the standard library alone'}")
    conclude(
        [
            Check("python with nothing", bare, None, "s CPU", 3),
            Check("import seedbed", seconds(IMPORT), IMPORT_S, "s CPU", 3),
            heavy("import seedbed", by_import),
            Check("seedbed --help", seconds(HELP), HELP_S, "s CPU", 3),
            heavy("seedbed --help", by_help),
        ],
        check=options.check,
    )


if __name__ == "__main__":
    main()
