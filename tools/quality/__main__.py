"""Lists what can be judged."""
import ast
import pathlib

for script in sorted(pathlib.Path(__file__).parent.glob("quality_*.py")):
    what = ast.get_docstring(ast.parse(script.read_text())).splitlines()[0]
    print(f"{script.stem.removeprefix('quality_'):10} {what}")
print("\nEach takes --help.")
