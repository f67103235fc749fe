"""What stands in files: vcrpy's cassettes, HAR, and bare answers, each to recordings and back."""
