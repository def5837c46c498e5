"""The facts of one C header: what it declares (asks clang) and how that is laid out (asks g++).

declared() reads clang's syntax tree and macro list; measured() writes a C++ program that includes
the header and prints every size, offset, prototype and constant (facts.h), compiles it with the
compiler that builds the product, and runs it. Nothing here knows which of the two headers it looks
at.
"""

import json
import pathlib
import re
import subprocess
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent


@dataclass
class Header:
    name: str                 # how reports call it
    include: str              # what is included
    folders: list = field(default_factory=list)
    defines: list = field(default_factory=list)

    def flags(self):
        return [f"-I{folder}" for folder in self.folders] + [f"-D{name}" for name in self.defines]


@dataclass
class Declared:
    functions: set = field(default_factory=set)
    types: set = field(default_factory=set)       # every name a type goes by
    records: dict = field(default_factory=dict)   # struct or union -> [path of each field]
    opaque: set = field(default_factory=set)      # structs without a body
    enumerators: set = field(default_factory=set)
    macros: dict = field(default_factory=dict)    # object-like: name -> text
    function_macros: set = field(default_factory=set)


def run(command, **more):
    done = subprocess.run(command, capture_output=True, text=True, **more)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(command[:4])} ... failed:\n{done.stderr[:4000]}")
    return done.stdout


def declared(header, clang="clang-16"):
    base = [clang, "-x", "c++", "-std=c++2b", *header.flags(), "-include", header.include]
    tree = json.loads(run([*base, "-fsyntax-only", "-Xclang", "-ast-dump=json", "/dev/null"]))
    found = Declared()
    declarations = list(top_level(tree))
    names_of_unnamed = {}
    for node in declarations:
        if node["kind"] in ("TypedefDecl", "TypeAliasDecl"):
            for record_id in owned_records(node):
                names_of_unnamed.setdefault(record_id, node["name"])
    for node in declarations:
        add(found, node, names_of_unnamed)
    add_macros(found, base)
    return found


def top_level(node):
    for child in node.get("inner", []):
        if child["kind"] == "LinkageSpecDecl":
            yield from top_level(child)
        elif not child.get("isImplicit"):
            yield child


# The structs and unions that a typedef gives its name to.
def owned_records(node):
    for child in node.get("inner", []):
        if "ownedTagDecl" in child:
            yield child["ownedTagDecl"]["id"]
        yield from owned_records(child)


def add(found, node, names_of_unnamed):
    kind = node["kind"]
    name = node.get("name") or names_of_unnamed.get(node["id"])
    if kind == "FunctionDecl":
        found.functions.add(name)
    elif kind in ("TypedefDecl", "TypeAliasDecl"):
        found.types.add(name)
    elif kind == "EnumDecl":
        if name:
            found.types.add(name)
        found.enumerators |= {item["name"] for item in node["inner"]
                              if item["kind"] == "EnumConstantDecl"}
    elif kind == "CXXRecordDecl":
        if not node.get("completeDefinition"):
            found.opaque.add(name)
            return
        found.types.add(name)
        found.records[name] = list(field_paths(node, ""))


# Fields in order; a field whose struct is written in place is followed by that struct's fields.
def field_paths(record, prefix):
    nested = {}
    for child in record.get("inner", []):
        if child["kind"] == "CXXRecordDecl" and not child.get("isImplicit"):
            last = nested["last"] = child
        elif child["kind"] == "FieldDecl":
            inside = None
            if re.search(r"\((unnamed|anonymous)", child["type"]["qualType"]):
                inside = last
            if "name" not in child or child.get("isImplicit"):
                yield from field_paths(inside, prefix)
                continue
            yield prefix + child["name"]
            if inside:
                array = "[0]" if child["type"]["qualType"].endswith("]") else ""
                yield from field_paths(inside, f"{prefix}{child['name']}{array}.")


def add_macros(found, base):
    before = set(run([base[0], "-x", "c++", "-std=c++2b", "-dM", "-E", "/dev/null"]).splitlines())
    for line in run([*base, "-dM", "-E", "/dev/null"]).splitlines():
        if line in before:
            continue
        name, arguments, text = re.fullmatch(r"#define (\w+)(\([^)]*\))?(?: (.*))?", line).groups()
        if arguments:
            found.function_macros.add(name)
        else:
            found.macros[name] = text or ""


def measured(header, what, scratch, compiler="g++"):
    """Fact key ("P nvmlInit_v2") -> value, for everything in `what` (a Declared)."""
    source = scratch / f"{header.name}.cpp"
    source.write_text("\n".join(program(header, what)))
    binary = scratch / header.name
    run([compiler, "-std=c++23", "-w", *header.flags(), f"-I{HERE}", str(source),
         "-o", str(binary)])
    facts = {}
    for line in run([str(binary)]).splitlines():
        kind, name, value = line.split(" ", 2)
        if facts.setdefault(f"{kind} {name}", value) != value:
            raise SystemExit(f"{header.name}: two values for {kind} {name}")
    return facts


def program(header, what):
    yield f'#include "facts.h"\n#include "{header.include}"\n'
    yield "int main() {"
    for name in sorted(what.types):
        yield f'  print_type<{name}>("{name}");'
    for name, fields in sorted(what.records.items()):
        yield f'  print_record<{name}>("{name}");'
        for path in fields:
            yield (f"  print_field<decltype(std::declval<{name}>().{path})>"
                   f'("{name}.{path}", offsetof({name}, {path}));')
    for name in sorted(what.functions):
        yield f'  Prototype<decltype({name})>::print("{name}");'
    for name in sorted(what.enumerators):
        yield f'  print_constant("{name}", {name});'
    for name, text in sorted(what.macros.items()):
        if not text or text in what.types:
            continue
        if re.fullmatch(r"\d+ ?: ?\d+", text):  # a range of bits, used as the two ends of ?:
            yield f'  print_constant("{name}:high", true ? {name});'
            yield f'  print_constant("{name}:low", false ? {name});'
        else:
            yield f'  print_constant("{name}", {name});'
    if what.function_macros:
        yield '#include "function_macros.inc"'
    yield "}\n"
