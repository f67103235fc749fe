"""What a run found, told in several formats, one a file."""
