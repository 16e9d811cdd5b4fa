"""The use cases: what each verb does in one org, and over many. No terminal is known here."""
