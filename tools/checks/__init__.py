"""The checks behind tools/tidy.py. Each yields Problems for one file."""
