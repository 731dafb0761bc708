"""Trainers need torch, which no lock names: `make trl` installs it and runs their test."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("trl") else ["test_trl.py"]
