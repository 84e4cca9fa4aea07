"""Pages that compose rooms: the front door, Today, the first run, the demo organisation."""
