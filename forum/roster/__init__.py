"""Who holds what, who covers while they are away, and how it is passed on."""
