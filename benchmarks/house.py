"""Count what the style of skgen avoids.

Protocol. The source of the package is read, not imported. Counted are words that have a
plainer equivalent, relative imports, lines, and names that are defined in several
files. The length of a function is without its docstring. Names of methods are not
compared, since classes of one kind share them.
"""

import ast
import re
from collections import defaultdict

from benchmarks._measure import REPOSITORY
from benchmarks._report import format_table

#: Regular expressions. Those without a capital letter ignore case; an underscore ends a
#: word, so that parts of names count.
AVOIDED = {
    "flag_of": "flag_of",
    "flag": r"(?<![a-z])flags?(?![a-z])",
    "token": r"(?<![a-z])tokens?(?![a-z])",
    "lattice": "lattice",
    "spike": "spikes?",
    "tell": r"(?<![a-z])(told|tells?|telling)(?![a-z])",
    "learnt": "learnt",
    "keep_relations": "keep_relations",
    "_adapters": "_adapters",
    "_plausible": "_plausible",
    "Judge": r"\bJudge\b",
    "_CORES": "_CORES",
    "as many as": r"\bas many\s+as\b",
    "so many": r"\bso many\b",
    "so often": r"\bso often\b",
}
MAX_FILE, MAX_FUNCTION = 420, 40
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def count_words(text):
    """Return the number of occurrences of each word to avoid."""
    counts = {}
    for word, pattern in AVOIDED.items():
        mode = re.IGNORECASE if pattern.islower() else re.NOFLAG
        counts[word] = len(re.findall(pattern, text, mode))
    return counts


def body_lines(function):
    """Return the lines of a function, without decorators and docstring."""
    lines = function.end_lineno - function.lineno + 1
    if ast.get_docstring(function) is not None:
        docstring = function.body[0]
        lines -= docstring.end_lineno - docstring.lineno + 1
    return lines


def long_functions(path, tree):
    """Yield the lines and the place of each function that is too long."""
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS[:2]) and body_lines(node) > MAX_FUNCTION:
            yield body_lines(node), f"{path}:{node.name}"


def shared_names(trees):
    """Return names that are defined in several files, and these files.

    Parameters
    ----------
    trees : dict of {str: ast.Module}
        By the path of the file.

    Returns
    -------
    names : dict of {tuple of (str, str): list of str}
        The key is what is defined ("class", "function" or "module") and its name.
    """
    found = defaultdict(list)
    for path, tree in trees.items():
        module = path.rpartition("/")[2].removesuffix(".py")
        if module != "__init__":
            found["module", module].append(path)
        for node in tree.body:
            if isinstance(node, DEFINITIONS):
                kind = "class" if isinstance(node, ast.ClassDef) else "function"
                found[kind, node.name].append(path)
    return {key: paths for key, paths in sorted(found.items()) if len(paths) > 1}


def add_arguments(parser):
    """Declare no options: the whole package is read."""


def main(arguments):
    """Print all counts; nothing is written, since they belong to one commit only."""
    root = REPOSITORY / "skgen"
    files = sorted(root.rglob("*.py"))
    texts = {path.relative_to(root).as_posix(): path.read_text() for path in files}
    trees = {path: ast.parse(text) for path, text in texts.items()}
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]

    counts = count_words("\n".join(texts.values()))
    print(format_table([{"word": word, "count": n} for word, n in counts.items()]))
    relative = sum(
        isinstance(node, ast.ImportFrom) and node.level > 0 for node in nodes
    )
    print(f"\nrelative imports: {relative}")
    lines = {path: len(text.splitlines()) for path, text in texts.items()}
    print(f"package: {sum(lines.values())} lines in {len(files)} files")
    print(f"\nfiles above {MAX_FILE} lines:")
    print(*(f"  {n} {path}" for path, n in lines.items() if n > MAX_FILE), sep="\n")
    print(f"\nfunctions above {MAX_FUNCTION} lines without docstring:")
    found = [place for path in trees for place in long_functions(path, trees[path])]
    print(*(f"  {n} {place}" for n, place in found), sep="\n")
    print("\nnames of several things:")
    for (kind, name), paths in shared_names(trees).items():
        print(f"  {kind} {name}: {', '.join(paths)}")
