"""What must survive between two requests."""
