"""Benches: each `bench_NAME.py` is run by `./dev bench NAME`. They measure; they never pass or fail by a speed."""
