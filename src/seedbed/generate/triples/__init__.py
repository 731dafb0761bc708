"""Stage 2: triples (misaligned → critique → aligned) from seed pairs."""
