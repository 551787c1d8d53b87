# Leaves .cache/ (Node) and data/ alone.
run_clean() { rm -rf build web/dist .cache/web-sources; }
