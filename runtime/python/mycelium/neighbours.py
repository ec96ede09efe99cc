"""How generated modules find one another wherever their tree stands."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType

from mycelium.message import Message


def neighbour(module_name: str, own_name: str, wanted: str) -> ModuleType:
    """The module ``wanted`` of the tree in which the module called ``module_name`` is known as ``own_name``."""
    return import_module(module_name.removesuffix(own_name) + wanted)


def messages_beside(
    module_name: str, own_name: str, places: Mapping[int, tuple[str, str]]
) -> Mapping[int, type[Message]]:
    """Message classes by type id, from the module and class names that a tree gives them."""
    classes = {
        type_id: getattr(neighbour(module_name, own_name, module), class_name)
        for type_id, (module, class_name) in places.items()
    }
    return MappingProxyType(classes)
