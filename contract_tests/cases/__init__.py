"""What a server must honour, one file a topic."""
