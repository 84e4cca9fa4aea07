"""What the tests stand on: databases, a browser, a server, and a closed network."""
