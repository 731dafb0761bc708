"""The model helper and the hints: the desk of models, the queue, what is asked of them and what is shown."""
