"""What must hold before the first write to an org, and what fields and errors mean."""
