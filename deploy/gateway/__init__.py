"""Envoy's configuration, from one template and the catalogues of its sentences."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from deploy.gateway.replies import local_replies

Addresses = list[tuple[str, int]]


def configuration(host: str, port: int, services: dict[str, Addresses], trusted_hops: int = 0) -> str:
    """Return Envoy's configuration for listening on `host:port` before the instances of each service, and behind
    `trusted_hops` proxies of one's own, each of which adds to X-Forwarded-For whom it was asked by."""
    loader = FileSystemLoader(Path(__file__).parent)
    # The template is YAML, so nothing is escaped as HTML; texts go through `tojson`, which YAML reads.
    environment = Environment(loader=loader, undefined=StrictUndefined, autoescape=False)  # noqa: S701
    template = environment.get_template("envoy.yaml.j2")
    return template.render(host=host, port=port, services=services, trusted_hops=trusted_hops, replies=local_replies())
