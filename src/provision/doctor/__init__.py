"""What must hold before the first write to an org, and what terms mean."""
