"""Envoy's configuration, from one template."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

Addresses = list[tuple[str, int]]


def configuration(host: str, port: int, services: dict[str, Addresses]) -> str:
    """Envoy's configuration for listening on `host:port` before the instances of each service."""
    loader = FileSystemLoader(Path(__file__).parent)
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)  # noqa: S701
    return environment.get_template("envoy.yaml.j2").render(host=host, port=port, services=services)
