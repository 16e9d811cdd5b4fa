"""A Salesforce org emulated on loopback, for trying specs and for testing (docs/local-org.md).

Three layers, each knowing only the ones below it:

* transport: ``http`` (sockets, dispatch), ``login`` (OAuth endpoints and pages), ``rest``,
  ``soap``; each request travels through them as an ``exchange``;
* rules: ``domain`` (apps, people, deploys), ``oauth`` (clients, grants, tokens), ``soql``;
* ``store``: state in one SQLite file.

``server`` starts it, ``operate`` asks a running one.
"""
