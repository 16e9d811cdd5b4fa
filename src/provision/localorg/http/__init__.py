"""HTTP on loopback: sockets, routes, and what a request goes through."""
