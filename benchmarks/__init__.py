"""What the program costs: requests, round trips, time."""
