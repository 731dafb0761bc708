"""What people are told and asked: the template, the taxonomy, consent on arrival, labels that they add."""
