"""A Salesforce org emulated on loopback, for trying specs and for testing (docs/local-org.md).

Three layers, each knowing only the ones below it: transport (``http``, ``soap``, ``rest``,
``oauth``) speaks the wire, ``domain`` holds the platform's rules, ``store`` keeps state in SQLite.
"""
