"""Every setting of the service in one place. It travels to worker processes through one environment variable."""

from __future__ import annotations

import ipaddress
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from petition_nlp.errors import InputError

ENVIRONMENT = "PETITION_NLP_SERVE"
KEYS_ENVIRONMENT = "PETITION_NLP_KEYS"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the service is told.

    Attributes:
        bundle, registry: where the model comes from: a bundle folder, or a registry whose current bundle is served;
            neither: the shipped bundle.
        keys: file of hashed keys; see :mod:`petition_nlp_serve.auth`.
        insecure: allow a non-loopback address without keys.
        allow_hosts: names besides loopback that a keyless service answers to (against DNS rebinding).
        feedback: SQLAlchemy URL or path of the SQLite file; ``none`` switches feedback off; None: a file in the
            user's state folder.
        feedback_days: feedback older than this is deleted; 0: kept.
        audit: file that gets one line a labelled text, by keyed hash; None: none.
        max_body: bytes of a request. max_table: bytes of one that carries a table. max_chars: characters of a text.
        max_items: texts of a request.
        max_rows: rows of an uploaded table. max_inflight: requests worked on at once.
        timeout: seconds for reading a body, and again for the answer.
        batch_cost, queue_cost: work put into one batch, and waiting at most, in characters (texts with evidence or
            entities count several times).
        wait: seconds a batch waits for company while other requests are under way.
        drain: seconds between "not ready" and closing the door on SIGTERM.
        run_dir: folder shared by the workers of one service.
    """

    bundle: str | None = None
    registry: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    keys: str | None = None
    insecure: bool = False
    allow_hosts: tuple[str, ...] = ()
    feedback: str | None = None
    feedback_days: int = 0
    audit: str | None = None
    max_body: int = 8 * 1024 * 1024
    max_table: int = 64 * 1024 * 1024
    max_chars: int = 100_000
    max_items: int = 256
    max_rows: int = 5_000
    max_inflight: int = 256
    timeout: float = 30.0
    batch_cost: int = 16_000
    queue_cost: int = 4_000_000
    wait: float = 0.002
    drain: float = 1.0
    run_dir: str | None = None

    def __post_init__(self) -> None:
        if self.bundle and self.registry:
            raise InputError("--bundle and --registry exclude each other; give one")
        for name in (
            "max_body",
            "max_table",
            "max_chars",
            "max_items",
            "max_rows",
            "max_inflight",
            "batch_cost",
            "queue_cost",
        ):
            if getattr(self, name) < 1:
                raise InputError(f"{name}={getattr(self, name)}: should be at least 1")
        if self.workers < 1 or self.timeout <= 0 or self.wait < 0 or self.drain < 0 or self.feedback_days < 0:
            raise InputError("workers and timeout should be above 0; wait, drain and feedback days not below 0")

    @property
    def loopback(self) -> bool:
        """Whether only this machine can connect."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    @property
    def has_keys(self) -> bool:
        """Whether keys are configured, in a file or in the environment."""
        return bool(self.keys or os.environ.get(KEYS_ENVIRONMENT))

    def check_exposure(self) -> None:
        """Refuse to serve the network without keys.

        Raises:
            InputError: the address is reachable from other machines, no key is configured, and nobody said insecure.
        """
        if not (self.loopback or self.has_keys or self.insecure):
            raise InputError(
                f"--host {self.host}: other machines could use the service without a key; make one with "
                "'petition-nlp serve --new-key NAME:classify,feedback', give --keys FILE, or say --insecure"
            )

    def feedback_url(self) -> str | None:
        """SQLAlchemy URL of the feedback store; None where feedback is off."""
        if self.feedback == "none":
            return None
        return store_url(self.feedback)

    def to_json(self) -> str:
        return json.dumps(asdict(self))


def store_url(place: str | None) -> str:
    """SQLAlchemy URL of a feedback store from a URL, a path, or None for the usual place."""
    if place and "://" in place:
        return place
    return f"sqlite:///{Path(place).absolute() if place else state_dir() / 'feedback.sqlite3'}"


def state_dir() -> Path:
    """The user's folder for what the service keeps between runs."""
    if base := os.environ.get("LOCALAPPDATA"):
        return Path(base) / "petition-nlp"
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "petition-nlp"


def settings_from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``PETITION_NLP_SERVE``, a JSON object of the fields of :class:`Settings`; unset: the defaults.

    Raises:
        InputError: not JSON, or an unknown field.
    """
    raw = environ.get(ENVIRONMENT)
    if not raw:
        return Settings()
    try:
        data = json.loads(raw)
    except ValueError as error:
        raise InputError(f"{ENVIRONMENT}: not valid JSON") from error
    known = {f.name for f in fields(Settings)}
    if not isinstance(data, dict) or not set(data) <= known:
        raise InputError(f"{ENVIRONMENT}: expected an object with keys among {', '.join(sorted(known))}")
    if "allow_hosts" in data:
        data["allow_hosts"] = tuple(data["allow_hosts"])
    return Settings(**data)
