"""Ways to choose the examples: balanced and stratified orders, why each seed is in or out, and how the ways compare."""
