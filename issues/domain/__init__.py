"""The verbs of issues: the only writers of its state."""
