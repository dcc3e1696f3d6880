"""What a command may touch: built once, opened when first needed, closed at the end."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from uni_cli import folders
from uni_cli.clock import Clock
from uni_cli.console import Console
from uni_cli.ledger import Ledger

if TYPE_CHECKING:
    from pydantic import SecretStr

    from uni_cli.engine import Desk, Limits
    from uni_cli.models import Job, Request
    from uni_cli.order.service import Market
    from uni_cli.providers.base import Capabilities, Provider
    from uni_cli.settings import Settings
    from uni_cli.transport import Exchange, Transport


class Context:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.clock = Clock()
        self._providers: dict[str, Provider] = {}

    @cached_property
    def state_dir(self) -> Path:
        return folders.state_dir()

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger(self.state_dir)

    @cached_property
    def settings(self) -> Settings:
        from uni_cli import settings

        return settings.load()

    @cached_property
    def transport(self) -> Transport:
        from uni_cli.transport import Transport

        return Transport(on_exchange=self._trace if self.console.verbose else None)

    def has_key(self, name: str) -> bool:
        from uni_cli import keys

        return keys.find(name, self.settings) is not None

    def capabilities(self, name: str) -> Capabilities:
        """What a service can do, with what the settings say of it; a provider that is built says the same."""
        from uni_cli import providers
        from uni_cli.providers.parts import tailor

        return tailor(providers.capabilities(name), self.settings.service(name))

    def provider(self, name: str) -> Provider:
        """A provider with its key, where there is one; the same object for the whole run."""
        if name not in self._providers:
            self._providers[name] = self._build(name)
        return self._providers[name]

    def _build(self, name: str) -> Provider:
        from uni_cli import keys, providers

        key = keys.find(name, self.settings) if providers.capabilities(name).needs_key else None
        return self.provider_with(name, key.value if key else None)

    def provider_with(self, name: str, key: SecretStr | None) -> Provider:
        """A provider with a key that is not stored yet."""
        from uni_cli import providers

        return providers.connect(name, self.transport, self.settings, key)

    def price(self, name: str, request: Request) -> Decimal | None:
        return self.provider(name).price(request).usd

    @property
    def market(self) -> Market:
        from uni_cli.order.service import Market

        return Market(self.has_key, self.capabilities, self.price)

    def limits(self, name: str) -> Limits:
        from uni_cli.engine import Limits

        able = self.capabilities(name)
        return Limits(able.concurrency, able.rate)

    def reach(self, job: Job) -> None:
        """Raises where an open job cannot be followed: a key goes only to the address that the settings name."""
        from uni_cli.errors import Elsewhere
        from uni_cli.models import JobState
        from uni_cli.order.service import check_key
        from uni_cli.settings import variable_of

        if job.ended:
            return
        if job.base_url != self.settings.base_url(job.provider):
            variable = variable_of(job.provider, "base_url")
            raise Elsewhere(
                f"Job {job.id} was made at {job.base_url}, which is not the {job.provider} of your settings",
                hint=f"Set {variable}={job.base_url} to collect it. Nothing was sent.",
            )
        # A finished picture may be here already, or behind a link that needs no key.
        if job.state is not JobState.FINISHED:
            check_key(job.provider, self.market)

    def usual_seconds(self, job: Job) -> float:
        """How long such a job takes: by this ledger's own history, else by the service's word."""
        known = sorted(found for _, found in self.ledger.history(job))
        return known[len(known) // 2] if known else self.capabilities(job.provider).typical_seconds

    def desk(self, *, patience: float | None) -> Desk:
        from uni_cli.engine import Desk

        return Desk(
            ledger=self.ledger,
            transport=self.transport,
            clock=self.clock,
            state_dir=self.state_dir,
            provider=self.provider,
            limits=cache(self.limits),
            reach=self.reach,
            deadline=None if patience is None else self.clock.monotonic() + patience,
        )

    def _trace(self, exchange: Exchange) -> None:
        status = exchange.status if exchange.status is not None else "no answer"
        self.console.trace(f"{exchange.method} {exchange.url} -> {status} ({exchange.seconds:.2f} s)")
        if exchange.sent:
            self.console.trace(f"  sent: {exchange.sent}")
        if exchange.got:
            self.console.trace(f"  got:  {exchange.got}")

    async def aclose(self) -> None:
        if "transport" in self.__dict__:
            await self.transport.aclose()

    def close(self) -> None:
        if "ledger" in self.__dict__:
            self.ledger.close()
