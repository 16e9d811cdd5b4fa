"""Values of plan and apply, shown."""
