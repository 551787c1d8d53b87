"""Lists the benches."""
import ast
import pathlib

for script in sorted(pathlib.Path(__file__).parent.glob("bench_*.py")):
    what = ast.get_docstring(ast.parse(script.read_text())).splitlines()[0]
    print(f"{script.stem.removeprefix('bench_'):10} {what}")
print("\nEach takes --rounds, --seconds, --smoke (see that it works) and --help.")
