"""What orgs and clients say when they refuse: one dictionary, as data."""
