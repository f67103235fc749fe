"""A fake whose state is in Redis, shared by any number of processes on any number of machines."""
