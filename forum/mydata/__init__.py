"""My data: everything of one's own to take along, closing an account, and how long things are kept. It walks what rooms declared."""
