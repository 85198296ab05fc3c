#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the manual pages of libcce (section 3) from the comments of its header, which are their one source.

One page for each function, one, cce(3), from the comment at the head, and cce_types(3) with all types and constants.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import dataclass
from pathlib import Path


class HeaderError(Exception):
    """The header is not as this program knows it."""


@dataclass(frozen=True)
class Function:
    name: str
    declaration: str
    text: list[str]


def comment_lines(comment: str) -> list[str]:
    """The text of a C comment, without what makes it one."""
    body = comment.removeprefix("/**").removeprefix("/*").removesuffix("*/")
    lines = [re.sub(r"^ \* ?", "", line).rstrip() for line in body.splitlines()]
    lines[0] = lines[0].strip()
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def functions_of(header: str) -> list[Function]:
    found: list[Function] = []
    text: list[str] | None = None
    pieces = re.compile(
        r"(?P<comment>/\*\*.*?\*/)|(?P<function>^(?:enum |const |size_t|uint64_t|void )[^;{}]*?\b(?P<name>cce_\w+)\([^;]*\)[^;]*;)"
        r"|(?P<other>^[^\s/#}][^\n]*\n)",
        re.DOTALL | re.MULTILINE,
    )
    for match in pieces.finditer(header):
        if match["comment"]:
            text = comment_lines(match["comment"])
        elif match["function"]:
            if text is None:
                raise HeaderError(f"{match['name']} has no comment")
            declaration = re.sub(r"\s*CCE_MUST_CHECK", "", match["function"])
            found.append(Function(match["name"], declaration, text))
        else:
            text = None
    if not found:
        raise HeaderError("no functions found")
    return found


def types_of(header: str) -> str:
    """Constants and types as they are declared, comments included."""
    start = header.index("#define CCE_BLOCK_BYTES")
    end = header.index("/** cce_version returns")
    return header[start:end].strip()


def escape(line: str) -> str:
    line = line.replace("\\", "\\e")
    line = re.sub(r"`([^`]*)`", r"\\fI\1\\fP", line)
    line = re.sub(r"\b(cce_\w+)\(\)", r"\\fB\1\\fP()", line)
    return "\\&" + line if line.startswith((".", "'")) else line


def verbatim(line: str) -> str:
    line = line.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\`").replace("^", "\\(ha")
    return "\\&" + line if line.startswith(".") else line


def body(lines: list[str]) -> list[str]:
    """Paragraphs, and indented lines as they are."""
    out: list[str] = []
    as_is = False
    begin = False
    for line in lines:
        if not line:
            if as_is:
                out += [".fi", ".RE"]
                as_is = False
            begin = True
            continue
        indented = line.startswith("  ")
        if indented and not as_is:
            out += [".PP"] * bool(out) + [".RS 2", ".nf"]
            as_is = True
        elif begin and not as_is and out:
            out.append(".PP")
        elif as_is and not indented:
            out += [".fi", ".RE", ".PP"]
            as_is = False
        begin = False
        out.append(verbatim(line[2:]) if as_is else escape(line))
    if as_is:
        out += [".fi", ".RE"]
    return out


def title(name: str, version: str) -> list[str]:
    return [
        '.\\" SPDX-License-Identifier: Apache-2.0',
        '.\\" Made by lib/man/generate.py from lib/include/cce/cce.h.',
        f'.TH {name.upper()} 3 "" "libcce {version}" "Core Crypto Engine"',
    ]


def summary_of(function: Function) -> str:
    """What the function does, in one line: the first clause of its comment."""
    sentence = " ".join(" ".join(function.text).split())
    sentence = re.split(r"[.;:](?: |$)", sentence, maxsplit=1)[0].replace("`", "")
    sentence = sentence.removeprefix(f"{function.name} ")
    return sentence or function.name


def function_page(function: Function, others: set[str], version: str) -> list[str]:
    page = title(function.name, version)
    page += [".SH NAME", f"{function.name} \\- {verbatim(summary_of(function))}"]
    page += [".SH SYNOPSIS", ".nf", "#include <cce/cce.h>", "", *map(verbatim, function.declaration.splitlines()), ".fi"]
    page += [".PP", "Link with \\-lcce, or as", "\\fBpkg\\-config \\-\\-cflags \\-\\-libs cce\\fP", "says."]
    page += [".SH DESCRIPTION", *body(function.text)]
    if function.declaration.startswith("enum cce_status"):
        page += [".SH RETURN VALUE", "CCE_OK, or what went wrong: a value of enum cce_status, see \\fBcce_types\\fP(3).",
                 "\\fBcce_strerror\\fP(3) has a sentence for each, and \\fBcce_error_message\\fP(3) the particulars."]
    mentioned = sorted({name for name in re.findall(r"\b(cce_\w+)\(\)", "\n".join(function.text))} & others)
    see = ["cce", "cce_types", *(name for name in mentioned if name != function.name)]
    page += [".SH SEE ALSO", ",\n".join(f"\\fB{name}\\fP(3)" for name in see)]
    return page


def overview_page(header: str, functions: list[Function], version: str) -> list[str]:
    comment = re.search(r"/\*\n \* libcce:.*?\*/", header, re.DOTALL)
    if comment is None:
        raise HeaderError("the comment at the head is missing")
    lines = comment_lines(comment[0])
    name = lines[0].removeprefix("libcce: ").rstrip(".")
    page = title("cce", version)
    page += [".SH NAME", f"cce \\- {verbatim(name)}", ".SH SYNOPSIS", ".nf", "#include <cce/cce.h>",
             "#include <cce/cce.hpp>    // C++20", ".fi"]
    section: list[str] = []
    for line in lines[1:]:
        # A line that stands alone and is not indented is a heading.
        if line and not line.startswith(" "):
            page += body(section)
            section = []
            page.append(f".SH {verbatim(line.split(',')[0]).upper()}")
        else:
            section.append(line)
    page += body(section)
    page += [".SH FUNCTIONS"]
    for function in functions:
        page += [".TP", f"\\fB{function.name}\\fP(3)", verbatim(summary_of(function))]
    page += [".SH SEE ALSO", "\\fBcce_types\\fP(3)"]
    return page


def types_page(header: str, version: str) -> list[str]:
    page = title("cce_types", version)
    page += [".SH NAME", "cce_types \\- types and constants of libcce", ".SH SYNOPSIS", ".nf", "#include <cce/cce.h>", ".fi"]
    page += [".SH DESCRIPTION", ".nf", *map(verbatim, types_of(header).splitlines()), ".fi", ".SH SEE ALSO", "\\fBcce\\fP(3)"]
    return page


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--header", type=Path, required=True, help="cce.h")
    parser.add_argument("--version", required=True, help="of the library")
    parser.add_argument("--out", type=Path, required=True, help="folder for the pages; made if missing")
    arguments = parser.parse_args()
    try:
        header = arguments.header.read_text(encoding="utf-8")
        functions = functions_of(header)
        names = {function.name for function in functions}
        pages = {function.name: function_page(function, names, arguments.version) for function in functions}
        pages["cce"] = overview_page(header, functions, arguments.version)
        pages["cce_types"] = types_page(header, arguments.version)
        arguments.out.mkdir(parents=True, exist_ok=True)
        for name, lines in pages.items():
            (arguments.out / f"{name}.3").write_text("\n".join(lines) + "\n", encoding="utf-8")
    except (OSError, HeaderError) as error:
        print(f"generate.py: error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
