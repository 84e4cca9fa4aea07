"""What a copy takes from its original later, and sends back to it (F6)."""
