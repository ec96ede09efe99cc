"""Where modules lie, how they find one another, and what they are called."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from types import ModuleType
from typing import Any

import pytest
from generated_trees import compiled, write_tree

from mycelium.codegen.python import generate
from mycelium.codegen.python.lowering import module_path
from mycelium.codegen.target import GenerationOptions
from mycelium.message import Message

Import = Callable[[Path, str], ModuleType]


def basket(alpha: Any, orders: Any, beta: Any) -> Any:
    point = alpha.Point(1.0, 2.0, alpha.Colour(9))
    order = orders.Order(
        at=1,
        point=point,
        shape=alpha.Shape.ROUND,
        note=alpha.Note(text="n"),
        thing=alpha.ThingPoint(point),
        points=(point, point),
        things={"b": alpha.ThingNote(alpha.Note(text="")), "a": alpha.ThingColours((alpha.Colour.RED,))},
    )
    return beta.Basket(orders=(order,))


@pytest.mark.parametrize("above", ["", "vendor", "vendor.deeper"])
def test_a_tree_works_wherever_it_stands(tmp_path: Path, import_from: Import, above: str) -> None:
    """Also for packages that share no first name, and with a package that holds another."""
    tree = write_tree("apart", tmp_path.joinpath(*above.split(".")))
    for parent in tree.relative_to(tmp_path).parents:
        if tree != tmp_path:
            (tmp_path / parent / "__init__.py").touch()
    prefix = f"{above}." if above else ""
    beta = import_from(tmp_path, f"{prefix}beta")
    alpha, orders = (import_from(tmp_path, prefix + name) for name in ("alpha", "beta.orders"))
    message = basket(alpha, orders, beta)
    assert beta.Basket.decode(message.encode()) == message
    assert message.orders[0].colour is alpha.Colour.BLUE
    registry = import_from(tmp_path, f"{prefix}mycelium_registry")
    assert dict(registry.MESSAGES) == {2001: alpha.Note, 2002: orders.Order, 2003: beta.Basket}
    assert len(registry.WIRE_DIGEST) == len(registry.FULL_DIGEST) == 32


def test_where_packages_lie() -> None:
    packages = ["a", "a.b", "a.class", "c.d"]
    assert [module_path(package, packages) for package in packages] == [
        PurePosixPath("a/__init__.py"),
        PurePosixPath("a/b.py"),
        PurePosixPath("a/class_.py"),
        PurePosixPath("c/d.py"),
    ]
    files = {str(file.path) for file in generate(compiled("examples"), GenerationOptions())}
    assert "trading/__init__.py" in files and "trading/market.py" in files


def test_the_runtimes_own_packages_are_made_apart() -> None:
    schema = compiled("examples")
    assert not any("control" in str(file.path) for file in generate(schema, GenerationOptions()))
    inside = generate(schema, GenerationOptions(inside_runtime=True))
    assert [str(file.path) for file in inside] == ["control.py"]


def test_names_that_mean_something_else(tmp_path: Path, import_from: Import) -> None:
    module: Any = import_from(write_tree("nasty", tmp_path), "class_.import_")
    assert (module.None_, module.str_, module.RATIO) == (1, 'a "quoted" \\ text', 1e-7)
    enum = module.Enum
    assert (enum.name_, enum.value_, enum.mro_, enum.class_, enum.class__) == (1, 2, 3, 4, 5)
    assert enum.name_.name == "name_" and enum.value_.value == 2
    assert (module.UnionFarAway, module.UnionFarAway_) != (None, None)
    assert module.UnionUnknown.__name__ == "UnionUnknown"
    struct = module.Struct(class_=1, self_=2, int_=3)
    leaf = module.Message.__plan__
    attributes = [field.attribute for field in leaf.fields]
    assert len(set(attributes)) == len(attributes)
    assert {"int_", "str_", "decode_", "bytes_", "class_", "class__", "class___", "TYPE_ID_"} <= set(
        attributes
    )
    assert [field.name for field in leaf.fields][:3] == ["int", "str", "decode"]
    assert module.Variant(value=1).encode() == bytes.fromhex("060101")
    assert struct == module.Struct(1, 2, 3)


def test_nasty_messages_take_the_fast_path(tmp_path: Path, import_from: Import) -> None:
    """A name that hides another inside a generated function would only make it slow: so look there."""
    from mycelium.json_form import from_json

    module: Any = import_from(write_tree("nasty", tmp_path), "class_.import_")
    zero = {"class": 1, "self": 2, "int": 3}
    uuid = "00112233-4455-6677-8899-aabbccddeeff"
    form: dict[str, Any] = {"int": 1, "str": "ab", "decode": 1, "position": 2, "bytes": "00", "tuple": [1]}
    form |= {"dict": {}, "float": 1.5, "bool": True, "encode": ["a"], "TYPE_ID": 1, "class": 1, "class_": 2}
    form |= {
        "class__": 3,
        "self": zero,
        "data": "d",
        "end": "e",
        "depth": 4,
        "parts": [["a"], []],
        "len": "l",
    }
    form |= {"Struct": zero, "Enum": "name", "items": ["00", ""], "item": {"1": 2}, "header": 1}
    form |= {"price": {"Decimal": "1.25", "UUID": uuid}, "message": {"ClassVar": uuid}, "type": {"type": {}}}
    form |= {"fast": "f", "plan": "p", "raw": "r", "variant": {"far_away": 1}, "lambda": ["mro", 99]}
    form |= {"sorted": {"value": "class_"}}
    long = "a_message_field_with_quite_a_long_name_that_goes_on_and_on_and_on_until_the_line_is_full"
    form |= {long: ["1.00000001"], long + "_": {"k": "real"}}
    message = from_json(module.Message, form)
    body = module.Message.__write__(message, 1)
    assert body == message.encode()
    assert module.Message.__read__(body, 0, len(body), 1) == message
    assert isinstance(message, Message)


def test_sensitive_values_are_not_printed(tmp_path: Path, import_from: Import) -> None:
    secret: Any = import_from(write_tree("secret", tmp_path), "secret")
    from decimal import Decimal

    account = secret.Account(
        id=7,
        pin=1234,
        owner="Ada",
        limit=Decimal("1.00"),
        key=secret.Key(bits=b"hidden"),
        contact=secret.ContactMail("ada@example.org"),
        position=secret.Place(1.0, 2.0),
    )
    assert repr(account) == (
        "Account(id=7, pin=<redacted>, owner=<redacted>, limit=Decimal('1.00'), key=Key(bits=<redacted>), "
        "old=None, contact=ContactMail(<redacted>), position=Place(x=1.0, y=<redacted>))"
    )
    assert "Ada" not in str(account) and secret.Account.decode(account.encode()) == account
    assert repr(secret.ContactRoom(3)) == "ContactRoom(3)"
