"""The stops after the workshop as pages are shown them, and the bridge between the two sessions."""
