"""Stage 1: questions from seed questions."""
