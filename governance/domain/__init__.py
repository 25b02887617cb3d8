"""The verbs of governance: the only writers of its state."""
