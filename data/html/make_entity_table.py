#!/usr/bin/env python3
"""Writes src/parse/html/entity_table.inc: the named character references of the
HTML Standard, as Python's html.entities.html5 has them.

Usage: make_entity_table.py > src/parse/html/entity_table.inc
"""
from html.entities import html5


def literal(text):
    out = []
    for byte in text.encode("utf-8"):
        char = chr(byte)
        if char.isascii() and char.isprintable() and char not in '"\\?':
            out.append(char)
        else:
            out.append("\\%03o" % byte)
    return "".join(out)


def blob(name, pieces):
    print(f"constexpr std::string_view {name} =")
    line = ""
    lines = []
    for piece in pieces:
        text = literal(piece)
        if len(line) + len(text) > 70:
            lines.append(line)
            line = ""
        line += text
    lines.append(line)
    for i, text in enumerate(lines):
        end = ";" if i + 1 == len(lines) else ""
        print(f'    "{text}"{end}')


names = sorted(html5, key=lambda name: name.encode())
values = {}  # value -> offset in the blob
offset = 0
for name in names:
    value = html5[name]
    if value not in values:
        values[value] = offset
        offset += len(value.encode("utf-8"))

print("// The named character references of the HTML Standard, sorted by name.")
print("// Written by data/html/make_entity_table.py; not edited by hand.")
print("// clang-format off")
blob("kNames", names)
blob("kValues", values)
print(f"constexpr std::array<Entity, {len(names)}> kEntities = {{{{")
line = ""
begin = 0
for name in names:
    value = html5[name]
    text = "{%d,%d,%d,%d}," % (begin, values[value], len(name),
                               len(value.encode("utf-8")))
    begin += len(name)
    if len(line) + len(text) > 78:
        print(line)
        line = ""
    line += text
print(line)
print("}};")
print("// clang-format on")
