"""What `./dev test` runs: `python3 -m tools.testing`."""
