"""Rules: one YAML file of what specs and changes may be, read by lint and by gates."""
