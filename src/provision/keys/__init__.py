"""Private keys and certificates: create, read, match and inspect them, without a spec or an org.

Importing a module of this package does not import `cryptography`; using it does.
"""
