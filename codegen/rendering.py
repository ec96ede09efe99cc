"""model -> text: the one place that knows jinja2. Templates print; they do not decide."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined


def template_environment(language: str) -> Environment:
    """The templates of one language, with undefined names as errors and block lines leaving no trace."""
    return Environment(
        loader=PackageLoader("mycelium", f"templates/{language}"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
        auto_reload=False,
    )


def render(environment: Environment, template: str, model: Mapping[str, object]) -> str:
    """The text of one template filled with one model, ending in exactly one newline."""
    return environment.get_template(template).render(**model).rstrip("\n") + "\n"
