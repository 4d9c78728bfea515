"""The Python processes of an installation."""

from dataclasses import dataclass
from pathlib import Path

from deploy.local.home import DATABASES

ROOT = Path(__file__).parent.parent.parent
APIS = (*DATABASES, "web")
WORKERS = ("booking", "notify")


@dataclass(frozen=True)
class Part:
    """A process that does what `python -m module arguments` does."""

    name: str
    module: str
    arguments: tuple[str, ...] = ()
    ready: str = ""
    """The path that answers 200 when it can serve; none, when it does not listen."""

    @property
    def service(self) -> str:
        """The service that it is a process of, by whose settings it works."""
        return self.name.removesuffix("-worker")

    @property
    def command(self) -> list[str]:
        """What follows after the interpreter."""
        return ["-m", self.module, *self.arguments]


PARTS = (
    *(Part(name, f"services.{name}", ("api",), f"/api/{name}/readyz") for name in DATABASES),
    Part("web", "services.web", ("api",), "/readyz"),
    *(Part(f"{name}-worker", f"services.{name}", ("worker",)) for name in WORKERS),
    Part("mailbox", "deploy.local.mailbox", ready="/healthz"),
)
