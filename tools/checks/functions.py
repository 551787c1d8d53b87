"""Lengths of functions and numbers of parameters, found by following braces (C++, TypeScript) or by `ast` (Python)."""
import ast
import dataclasses
import re

from tools.checks.source import Problem

CONTROL = re.compile(r"^(?:\}?\s*else\s+)?(?:if|for|while|switch|catch|do|else|try|return|co_return|co_await|throw|case|default)\b")
TYPE = re.compile(r"\b(?:class|struct|union|enum|interface)\b[^()]*$")
TRAILING_RETURN = re.compile(r"\)[\s\w]*->\s*[\w:<>,\s*&]+$")
QUALIFIED = re.compile(r"\)\s*(?:const|noexcept|override|final|mutable|try|&&?|\s)*$")
SCRIPT_RETURN = re.compile(r"\)\s*:\s*[\w.<>\[\]|&,\s'\"{}]+$")


@dataclasses.dataclass
class Block:
    kind: str           # scope, function, value or other
    line: int           # where its head begins
    head: str
    before: str = ""    # for a value: the head it interrupts
    inner: int = 0      # lines of the functions inside it
    data: int = 0       # lines of the braced values inside it


def kind_of(head, enclosing, is_script):
    """What a `{` after HEAD opens."""
    text = head.strip()
    if is_script:
        return script_kind(text)
    if re.match(r"^(?:export\s+)?(?:inline\s+)?namespace\b|^extern\s*\"", text):
        return "scope"
    if text == "return":
        return "value"
    if CONTROL.match(text):
        return "other"
    if not text or text[-1] in ",(=[?<":
        return "value" if text else "other"
    if re.search(r"\)\s*(?:noexcept)?\s*:\s*[\w:]", text) and not text.endswith(("{}", ")")):
        return "value"  # a member of a constructor's initialiser list
    if QUALIFIED.search(text) or TRAILING_RETURN.search(text) or (text.endswith("{}") and re.search(r"\)\s*(?:noexcept)?\s*:", text)):
        return "function"
    if TYPE.search(text):
        return "scope"
    return "value" if enclosing == "function" or re.search(r"[\w>\]]$", text) else "other"


def script_kind(text):
    if text.endswith("=>"):
        return "function"
    if TYPE.search(text):
        return "scope"
    if CONTROL.match(text):
        return "other"
    if QUALIFIED.search(text) or SCRIPT_RETURN.search(text):
        return "function"
    return "value"


def without_preprocessor(code):
    """Directives, with their continuation lines, blanked."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: re.sub(r"[^\n]", " ", m.group()), code, flags=re.M)


def walk(source):
    """Yields closed blocks with their number of lines, and C++ declarations in scopes as Blocks of that kind."""
    is_script = source.suffix not in {".cpp", ".hpp", ".h"}
    code = source.code if is_script else without_preprocessor(source.code)
    stack, head, line, head_line, round_depth = [], "", 1, None, 0
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            enclosing = stack[-1].kind if stack else "scope"
            kind = kind_of(head, enclosing, is_script)
            stack.append(Block(kind, head_line or line, head, head if kind == "value" else ""))
            head, head_line = "", None
        elif char == "}" and stack:
            block = stack.pop()
            yield block, line - block.line + 1
            if stack:
                stack[-1].inner += line - block.line + 1 if block.kind == "function" else block.inner
                stack[-1].data += line - block.line if block.kind == "value" else block.data
            head, head_line = ("", None) if block.kind != "value" else (block.before + "{}", block.line)
        elif char == ";" and head.count("(") == head.count(")"):
            if not is_script and all(block.kind == "scope" for block in stack):
                yield Block("declaration", head_line or line, head), 1
            head, head_line = "", None
        else:
            if not char.isspace() and head_line is None:
                head_line = line
            head += char
            if char == ":" and not is_script and re.search(r"\b(?:public|private|protected)\s*:$", head):
                head, head_line = "", None


def parameter_list(head):
    """The text between the brackets of the first call-like group of a C++ head; None where there is none."""
    text = re.sub(r"\[\[.*?\]\]", "", re.sub(r"^\s*template\s*<.*?>\s*(?=[A-Za-z_\[])", "", head, flags=re.S)).strip()
    text = re.sub(r"^requires\s*\(.*?\)\s", "", text, flags=re.S)
    match = re.search(r"(~?\w+|operator\s*\(\)|operator\s*[^\s\w(]+)\s*\(", text)
    is_macro = match and re.fullmatch(r"[A-Z][A-Z0-9_]{2,}", match.group(1))
    if not match or is_macro or re.search(r"(?<![=!<>])=(?!=)", text[:match.start()]):
        return None
    depth, start = 1, match.end()
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[start:at]
    return None


def count_parameters(listed, is_definition):
    """In a definition those without a name do not count: a callback of somebody else's has the shape it has."""
    depth, parts = 0, [""]
    for at, char in enumerate(listed):
        if char in "(<[{":
            depth += 1
        elif char in ")]}" or (char == ">" and listed[at - 1] != "-"):
            depth -= 1
        if char == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    counted = [part.strip() for part in parts if part.strip() not in ("", "void")]
    return sum(1 for part in counted if not (is_definition and part.endswith(("*", "&"))))


def check_functions(source, rules):
    limits = rules["limits"]
    if source.suffix == ".py":
        yield from check_python(source, limits)
    elif source.suffix in {".cpp", ".hpp", ".h", ".ts", ".tsx", ".mjs", ".js"}:
        yield from check_braces(source, limits)


def check_braces(source, limits):
    is_cpp = source.suffix in {".cpp", ".hpp", ".h"}
    most_lines = limits["component_lines" if source.suffix == ".tsx" else "function_lines"]
    for block, lines in walk(source):
        # A closure in a script is a class by another name: each of its functions has the limit for itself.  A table of
        # data in C++ is no code.
        own = lines - (block.inner if source.suffix == ".ts" else 0) - (block.data if is_cpp else 0)
        if block.kind == "function" and own > most_lines:
            yield Problem(source.path, block.line, f"a function of {own} lines; the limit is {most_lines}")
        listed = parameter_list(block.head) if is_cpp and block.kind in ("function", "declaration") else None
        count = count_parameters(listed, block.kind == "function") if listed is not None else 0
        if count > limits["parameters"]:
            yield Problem(source.path, block.line, f"{count} parameters; the limit is {limits['parameters']}")


def check_python(source, limits):
    for node in ast.walk(ast.parse(source.text)):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        lines = node.end_lineno - node.lineno + 1
        if lines > limits["function_lines"]:
            yield Problem(source.path, node.lineno, f"a function of {lines} lines; the limit is {limits['function_lines']}")
        given = len(node.args.posonlyargs) + len(node.args.args) + len(node.args.kwonlyargs)
        if given > limits["parameters"] + 1:
            yield Problem(source.path, node.lineno, f"{given} parameters; the limit is {limits['parameters']}")
