"""The REST API: versions, queries, records, deploys and credentials."""
