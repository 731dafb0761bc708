"""What leaves the report's folder: every figure as CSV, SVG, PNG and PDF, and the whole page as PDF."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from seedbed.errors import MissingExtra, UsageError
from seedbed.report.render import pdf
from seedbed.study import Folder, write_atomic

__all__ = ["export_figures", "print_page"]

BROWSERS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)  # fmt: skip
WITHIN = 180  # seconds for a browser to set the page on paper


def export_figures(folder: Folder, target: Path) -> list[Path]:
    """Write every figure of the study's report to `target`: its files, and a PDF drawn from its SVG. Returns them.

    Files of the same names are replaced, and others left alone. Raises UsageError without a report or where `target`
    is a file, MissingExtra without vl-convert.
    """
    source = folder.report / "figures"
    if not source.is_dir():
        raise UsageError("This study has no report yet", hint=f"seedbed report {folder.root}")
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file, and the figures need a folder", hint="Name another place.")
    made = []
    for path in sorted(source.iterdir()):
        write_atomic(target / path.name, path.read_bytes())
        made.append(target / path.name)
        if path.suffix == ".svg":
            made.append(target / f"{path.stem}.pdf")
            write_atomic(made[-1], pdf(path.read_text(encoding="utf-8")))
    return made


def print_page(folder: Folder, target: Path) -> Path:
    """The page as a PDF, by a Chromium that is installed. Raises MissingExtra without one, UsageError if it fails."""
    page = folder.report / "index.html"
    if not page.is_file():
        raise UsageError("This study has no report yet", hint=f"seedbed report {folder.root}")
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    by_hand = f"Open {page} in a browser and print it to a file"
    if browser is None:
        raise MissingExtra(
            "The whole page becomes a PDF by Chromium, Chrome or Edge, and none is installed",
            hint=f"Install one (Debian: apt-get install chromium), or: {by_hand[0].lower()}{by_hand[1:]}. "
            f"Figures need no browser: seedbed report {folder.root} --figures FOLDER writes each as PDF, SVG, PNG, CSV",
        )
    with tempfile.TemporaryDirectory(prefix="seedbed-print-") as own:
        out = Path(own) / "report.pdf"
        command = [
            browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={own}/profile",
            "--no-pdf-header-footer", f"--print-to-pdf={out}", page.resolve().as_uri(),
        ]  # fmt: skip
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(1, "--no-sandbox")  # its sandbox refuses to run as root; the page is our own and offline
        try:
            done = subprocess.run(command, capture_output=True, timeout=WITHIN, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise UsageError(f"{browser} could not print the page: {error}", hint=by_hand) from None
        if done.returncode or not out.is_file():
            raise UsageError(f"{browser} could not print the page (it ended with {done.returncode})", hint=by_hand)
        write_atomic(target, out.read_bytes())
    return target
