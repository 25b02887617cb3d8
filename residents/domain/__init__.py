"""The verbs of residents: the only writers of its state."""
