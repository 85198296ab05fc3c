# SPDX-License-Identifier: Apache-2.0
"""Reads and checks the description of the hardware/software contract (contract.yaml).

`load(path)` returns a `Contract` whose every part has been checked, or raises `ContractError` with a message that
names the place and the fault. The templates can therefore trust what they render.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

REGISTER_BYTES = 4
REGISTER_BITS = 8 * REGISTER_BYTES
NAME = re.compile(r"^[a-z][a-z0-9_]*$")
# Words that no generated language would take as a member's name.
KEYWORDS = {"context", "default", "register", "class", "enum", "struct", "union", "static", "volatile", "const", "int",
            "logic", "bit", "byte", "input", "output", "begin", "end", "case", "module", "package", "property", "sequence",
            "rand", "ref", "this", "new", "super", "type", "var", "wire", "void", "signed", "unsigned", "operator",
            "template", "private", "protected", "public", "virtual", "namespace", "delete", "export", "import"}
ACCESS = {"ro", "rw", "wo", "w1c", "w1s"}


class ContractError(Exception):
    """The description contradicts itself or is incomplete."""


@dataclass(frozen=True)
class Constant:
    name: str
    value: int
    text: str


@dataclass(frozen=True)
class EnumValue:
    name: str
    value: int
    text: str
    reserved: bool


@dataclass(frozen=True)
class Enum:
    name: str
    width: int
    text: str
    values: list[EnumValue]


@dataclass(frozen=True)
class Bits:
    """A run of bits inside a register or a structure's field."""

    name: str
    lsb: int
    width: int
    text: str
    enum: str | None = None

    @property
    def mask(self) -> int:
        return ((1 << self.width) - 1) << self.lsb


@dataclass(frozen=True)
class Member:
    """A field of a structure in memory; `views` are the structures as which its bytes are used, too."""

    name: str
    offset: int
    size: int
    is_array: bool
    text: str
    enum: str | None
    bits: list[Bits]
    views: list[Struct]


@dataclass(frozen=True)
class Struct:
    name: str
    size: int
    text: str
    members: list[Member]


@dataclass(frozen=True)
class Register:
    name: str
    offset: int
    access: str
    text: str
    fields: list[Bits]


@dataclass(frozen=True)
class Page:
    name: str
    base: int
    stride: int
    count: int
    reserved: bool
    text: str
    registers: list[Register]

    @property
    def end(self) -> int:
        """First address behind the page's last instance."""
        return self.base + self.stride * self.count


@dataclass
class Contract:
    name: str
    major: int
    minor: int
    constants: list[Constant] = field(default_factory=list)
    enums: list[Enum] = field(default_factory=list)
    structs: list[Struct] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    def constant(self, name: str) -> int:
        for constant in self.constants:
            if constant.name == name:
                return constant.value
        raise ContractError(f"constants: '{name}' is missing")


def _require(condition: bool, where: str, message: str) -> None:
    if not condition:
        raise ContractError(f"{where}: {message}")


def _mapping(value: object, where: str) -> dict:
    _require(isinstance(value, dict), where, "expected a mapping")
    return value  # type: ignore[return-value]


def _name(name: object, where: str) -> str:
    _require(isinstance(name, str) and bool(NAME.match(name)), where, f"'{name}' is not a lower_snake_case name")
    return name  # type: ignore[return-value]


def _integer(source: dict, key: str, where: str, minimum: int = 0) -> int:
    _require(key in source, where, f"'{key}' is missing")
    value = source[key]
    _require(isinstance(value, int) and not isinstance(value, bool), where, f"'{key}' is not an integer: {value!r}")
    _require(value >= minimum, where, f"'{key}' is {value}, the least allowed is {minimum}")
    return value


def _text(source: dict, where: str) -> str:
    text = source.get("text")
    _require(isinstance(text, str) and text.strip() != "", where, "'text' is missing")
    return text


def _only(source: dict, allowed: set[str], where: str) -> None:
    for key in source:
        _require(key in allowed, where, f"unknown key '{key}' (known: {', '.join(sorted(allowed))})")


def _constants(source: object) -> list[Constant]:
    result = []
    for name, body in _mapping(source, "constants").items():
        where = f"constants.{name}"
        body = _mapping(body, where)
        _only(body, {"value", "text"}, where)
        result.append(Constant(_name(name, where), _integer(body, "value", where), _text(body, where)))
    return result


def _enums(source: object) -> list[Enum]:
    result = []
    for name, body in _mapping(source, "enums").items():
        where = f"enums.{name}"
        body = _mapping(body, where)
        _only(body, {"width", "text", "values"}, where)
        width = _integer(body, "width", where, 1)
        values: list[EnumValue] = []
        for value_name, value_body in _mapping(body.get("values"), f"{where}.values").items():
            value_where = f"{where}.{value_name}"
            value_body = _mapping(value_body, value_where)
            _only(value_body, {"value", "text", "reserved"}, value_where)
            number = _integer(value_body, "value", value_where)
            _require(number < 1 << width, value_where, f"value {number} does not fit in {width} bits")
            for other in values:
                _require(other.value != number, value_where, f"value {number} is already '{other.name}'")
            values.append(EnumValue(_name(value_name, value_where), number, _text(value_body, value_where),
                                    bool(value_body.get("reserved", False))))
        _require(bool(values), where, "no values")
        result.append(Enum(_name(name, where), width, _text(body, where), values))
    return result


def _check_bits(bits: list[Bits], width: int, where: str) -> None:
    owner: dict[int, str] = {}
    for item in bits:
        place = f"{where}.{item.name}"
        _require(item.lsb + item.width <= width, place,
                 f"bits {item.lsb + item.width - 1}..{item.lsb} do not fit in {width} bits")
        for bit in range(item.lsb, item.lsb + item.width):
            _require(bit not in owner, place, f"bit {bit} overlaps '{owner.get(bit)}'")
            owner[bit] = item.name


def _check_enum(name: str | None, width: int, enums: list[Enum], where: str) -> None:
    if name is None:
        return
    for enum in enums:
        if enum.name == name:
            _require(enum.width == width, where, f"is {width} bits wide, enum '{name}' is {enum.width}")
            return
    raise ContractError(f"{where}: unknown enum '{name}'")


def _flag_bits(source: object, where: str) -> list[Bits]:
    result = []
    for name, body in _mapping(source, where).items():
        place = f"{where}.{name}"
        body = _mapping(body, place)
        _only(body, {"bit", "text"}, place)
        result.append(Bits(_name(name, place), _integer(body, "bit", place), 1, _text(body, place)))
    return result


def _views(member: dict, size: int, structs: list[Struct], where: str) -> list[Struct]:
    known = {struct.name: struct for struct in structs}
    result = []
    for name in member.get("views", []):
        _require(bool(member.get("array", False)), where, "only an array has 'views'")
        _require(name in known, where, f"view '{name}' is no structure described before")
        _require(known[name].size == size, where, f"is {size} bytes long, view '{name}' {known[name].size}")
        result.append(known[name])
    return result


def _structs(source: object, enums: list[Enum]) -> list[Struct]:
    result: list[Struct] = []
    for name, body in _mapping(source, "structs").items():
        where = f"structs.{name}"
        body = _mapping(body, where)
        _only(body, {"bytes", "text", "fields"}, where)
        size = _integer(body, "bytes", where, 1)
        members: list[Member] = []
        end = 0
        for member_name, member in _mapping(body.get("fields"), f"{where}.fields").items():
            place = f"{where}.{member_name}"
            member = _mapping(member, place)
            _only(member, {"offset", "bytes", "array", "enum", "bits", "views", "text"}, place)
            offset = _integer(member, "offset", place)
            length = _integer(member, "bytes", place, 1)
            is_array = bool(member.get("array", False))
            _require(offset >= end, place, f"offset {offset} overlaps the field before it, which ends at {end}")
            _require(offset == end, place, f"bytes {end} to {offset - 1} in front of it belong to no field")
            if not is_array:
                _require(length in (1, 2, 4, 8), place, f"{length} bytes is no integer size; say 'array: true'")
                _require(offset % length == 0, place, f"offset {offset} is not a multiple of its {length} bytes")
            bits = _flag_bits(member.get("bits", {}), place)
            _check_bits(bits, 8 * length, place)
            _check_enum(member.get("enum"), 8 * length, enums, place)
            _require(member_name not in KEYWORDS, place, "is a keyword of SystemVerilog or C++")
            members.append(Member(_name(member_name, place), offset, length, is_array, _text(member, place),
                                  member.get("enum"), bits, _views(member, length, result, place)))
            end = offset + length
        _require(end == size, where, f"the fields end at byte {end}, the structure at {size}")
        result.append(Struct(_name(name, where), size, _text(body, where), members))
    return result


def _registers(source: object, where: str, enums: list[Enum], limit: int) -> list[Register]:
    result: list[Register] = []
    for name, body in _mapping(source, f"{where}.registers").items():
        place = f"{where}.{name}"
        body = _mapping(body, place)
        _only(body, {"offset", "access", "text", "fields"}, place)
        offset = _integer(body, "offset", place)
        _require(offset % REGISTER_BYTES == 0, place, f"offset {offset:#x} is not a multiple of {REGISTER_BYTES}")
        _require(offset + REGISTER_BYTES <= limit, place, f"offset {offset:#x} lies outside its page of {limit:#x} bytes")
        for other in result:
            _require(other.offset != offset, place, f"offset {offset:#x} is already '{other.name}'")
        access = body.get("access")
        _require(access in ACCESS, place, f"access '{access}' is not one of {', '.join(sorted(ACCESS))}")
        fields = []
        for field_name, item in _mapping(body.get("fields", {}), place).items():
            field_place = f"{place}.{field_name}"
            item = _mapping(item, field_place)
            _only(item, {"lsb", "width", "enum", "text"}, field_place)
            width = _integer(item, "width", field_place, 1)
            _check_enum(item.get("enum"), width, enums, field_place)
            fields.append(Bits(_name(field_name, field_place), _integer(item, "lsb", field_place), width,
                               _text(item, field_place), item.get("enum")))
        _check_bits(fields, REGISTER_BITS, place)
        result.append(Register(_name(name, place), offset, access, _text(body, place), fields))
    return result


def _pages(source: object, enums: list[Enum], page_bytes: int, space_bytes: int) -> list[Page]:
    result: list[Page] = []
    for name, body in _mapping(source, "pages").items():
        where = f"pages.{name}"
        body = _mapping(body, where)
        _only(body, {"base", "stride", "count", "reserved", "text", "registers"}, where)
        base = _integer(body, "base", where)
        stride = _integer(body, "stride", where, 1) if "stride" in body else page_bytes
        count = _integer(body, "count", where, 1) if "count" in body else 1
        _require(base % page_bytes == 0, where, f"base {base:#x} is not a multiple of the page size {page_bytes:#x}")
        _require((stride * count) % page_bytes == 0, where, f"{count} times {stride:#x} bytes do not fill whole pages")
        _require(base + stride * count <= space_bytes, where,
                 f"ends at {base + stride * count:#x}, the register space at {space_bytes:#x}")
        for other in result:
            _require(base >= other.end or base + stride * count <= other.base, where, f"overlaps page '{other.name}'")
        reserved = bool(body.get("reserved", False))
        _require(reserved != ("registers" in body), where, "give either 'registers' or 'reserved: true'")
        registers = [] if reserved else _registers(body["registers"], where, enums, stride)
        result.append(Page(_name(name, where), base, stride, count, reserved, _text(body, where), registers))
    return result


def parse(source: object) -> Contract:
    """Checks a description already read from YAML. Raises ContractError."""
    root = _mapping(source, "contract")
    _only(root, {"name", "version", "constants", "enums", "structs", "pages"}, "contract")
    version = _mapping(root.get("version"), "version")
    contract = Contract(_name(root.get("name"), "name"), _integer(version, "major", "version"),
                        _integer(version, "minor", "version"))
    contract.constants = _constants(root.get("constants"))
    contract.enums = _enums(root.get("enums"))
    contract.structs = _structs(root.get("structs"), contract.enums)
    contract.pages = _pages(root.get("pages"), contract.enums, contract.constant("page_bytes"),
                            contract.constant("register_space_bytes"))
    return contract


def load(path: Path) -> Contract:
    """Reads and checks the description in the file `path`. Raises ContractError, also for text that is not YAML."""
    try:
        source = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ContractError(f"{path}: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ContractError(f"{path}: not YAML: {error}") from error
    return parse(source)
