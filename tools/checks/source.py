"""A file of the tree, and its text with comments and literals blanked out."""
import dataclasses
import fnmatch
import functools
import pathlib
import re

C_LIKE = {".cpp", ".hpp", ".h", ".ts", ".tsx", ".js", ".mjs"}
OPENING = re.compile(r"[\"'`/R]")
RAW_STRING = re.compile(r'R"([^()\\\s]{0,16})\(')


@dataclasses.dataclass(frozen=True)
class Problem:
    path: str
    line: int
    rule: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.rule}"


@dataclasses.dataclass
class Source:
    path: str   # from the root, with forward slashes
    text: str

    @property
    def suffix(self):
        return pathlib.PurePosixPath(self.path).suffix

    @property
    def is_test(self):
        return "tests" in self.path.split("/")[:-1] or ".test." in self.path or "/e2e/" in self.path

    @functools.cached_property
    def code(self):
        """The text, same length and lines, with comments and literals replaced by spaces."""
        return blank(self.text, self.suffix in {".ts", ".tsx", ".js", ".mjs"}) if self.suffix in C_LIKE else self.text

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1


def is_below(path, prefix):
    """True for the path itself and what lies below; a leading `*/` stands for any folders."""
    if prefix.startswith("*/"):
        return f"/{prefix[2:].removesuffix('/*')}/" in f"/{path}"
    return path == prefix or path.startswith(prefix + "/") or fnmatch.fnmatchcase(path, prefix)


def spaces(text):
    return re.sub(r"[^\n]", " ", text)


def end_of_quoted(text, at):
    """The offset after the literal that opens at AT; a newline ends an unclosed one, but not a template literal."""
    quote, at = text[at], at + 1
    while at < len(text) and text[at] != quote:
        if text[at] == "\n" and quote != "`":
            return at
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def begins_regex(code_before):
    """A slash here opens a regular expression, by what stands before it."""
    before = code_before.rstrip(" ")
    return not before or before[-1] in "(,=:[!&|?{};\n" or before.endswith("return")


def end_of_regex(text, at):
    at, in_class = at + 1, False
    while at < len(text) and text[at] != "\n" and (in_class or text[at] != "/"):
        in_class = (in_class or text[at] == "[") and text[at] != "]"
        at += 2 if text[at] == "\\" else 1
    return min(at + 1, len(text))


def literal_end(text, at, out, is_script):
    """Where the comment or literal at AT ends; AT itself when there is none."""
    two = text[at:at + 2]
    if two == "//":
        end = text.find("\n", at)
        return len(text) if end < 0 else end
    if two == "/*":
        end = text.find("*/", at + 2)
        return len(text) if end < 0 else end + 2
    raw = None if is_script else RAW_STRING.match(text, at)
    if raw:
        end = text.find(")" + raw.group(1) + '"', raw.end())
        return len(text) if end < 0 else end + len(raw.group(1)) + 2
    char = text[at]
    is_digit_separator = char == "'" and not is_script and at > 0 and text[at - 1].isalnum() and text[at + 1:at + 2].isalnum()
    if char in "\"'" and not is_digit_separator or (char == "`" and is_script):
        return end_of_quoted(text, at)
    if char == "/" and is_script and begins_regex("".join(out[-8:])):
        return end_of_regex(text, at)
    return at


def blank(text, is_script):
    out, at = [], 0
    while at < len(text):
        found = OPENING.search(text, at)
        start = found.start() if found else len(text)
        out.append(text[at:start])
        end = literal_end(text, start, out, is_script) if found else start
        if end == start:
            out.append(text[start:start + 1])
            at = start + 1
            continue
        # A quote is left at each end of a literal, so that `f("a")` does not look like `f()`.
        is_literal = text[start] in "\"'`R" and end - start >= 2
        out.append('"' + spaces(text[start + 1:end - 1]) + '"' if is_literal else spaces(text[start:end]))
        at = end
    return "".join(out)
