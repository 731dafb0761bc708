"""What every request passes: the gate, headers, bodies, faults, and the built pages."""
