"""Many orgs: which there are, which are meant, and one verb over all of them."""
