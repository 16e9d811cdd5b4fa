"""HTTP on loopback: sockets, dispatch, and replies that are one write each."""
