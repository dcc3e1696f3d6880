"""Settings: environment over config file over default. Flags stand above all three, in the commands."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from uni_cli import folders
from uni_cli.errors import BadSettings

SERVICES = ("luma", "runware", "gmicloud", "segmind")
PREFIX, DELIMITER = "UNI_", "__"

# The names that the services' own clients read; ours come first.
OWN_KEY_NAMES = {
    "luma": "LUMA_AGENTS_API_KEY",
    "runware": "RUNWARE_API_KEY",
    "gmicloud": "GMI_API_KEY",
    "segmind": "SEGMIND_API_KEY",
}
BASE_URLS = {
    "luma": "https://agents.lumalabs.ai/v1",
    "runware": "https://api.runware.ai/v1",
    "gmicloud": "https://console.gmicloud.ai",
    "segmind": "https://api.segmind.com",
}


def variable_of(*names: str) -> str:
    """What a setting is called in the environment: ("luma", "api_key") is UNI_LUMA__API_KEY."""
    return PREFIX + DELIMITER.join(name.upper() for name in names)


class Service(BaseModel):
    """One service's settings. `None` means: what the service itself says, or its sheet."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    api_key: SecretStr | None = None
    base_url: str | None = None
    concurrency: int | None = Field(default=None, ge=1, le=1000)
    rate: int | None = Field(default=None, ge=1, description="submits per minute")
    price: Decimal | None = Field(default=None, ge=0, description="USD per picture, in place of the built-in table")
    seed: bool = Field(default=False, description="the service takes a seed now: send it")


class Segmind(Service):
    history_url: str = "https://api.spotprod.segmind.com"
    upload_url: str = "https://workflows-api.segmind.com"


class Gmicloud(Service):
    organization: str | None = None


class Plan(BaseModel):
    """The chat endpoint that `uni plan` thinks with."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str | None = None
    api_key: SecretStr | None = None
    model: str | None = None


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_nested_delimiter=DELIMITER, extra="ignore", frozen=True, env_ignore_empty=True
    )

    provider: str | None = None
    model: str | None = None
    output: str | None = None
    format: str | None = None
    max_cost: Decimal | None = Field(default=None, ge=0)
    budget_daily: Decimal | None = Field(default=None, ge=0)
    budget_monthly: Decimal | None = Field(default=None, ge=0)
    state_dir: str | None = None
    timeout: float = Field(default=900, gt=0)
    jobs: int = Field(default=4, ge=1, le=200)
    advice: bool = True
    preview: bool = False
    embed: bool = True
    prompt_embed: bool = True
    luma: Service = Service()
    runware: Service = Service()
    gmicloud: Gmicloud = Gmicloud()
    segmind: Segmind = Segmind()
    plan: Plan = Plan()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, InitSettingsSource(settings_cls, folders.config_values()))

    def service(self, name: str) -> Service:
        """The settings of one service; empty ones for `local` and for providers of other packages."""
        found = getattr(self, name, None) if name in SERVICES else None
        return found if isinstance(found, Service) else Service()

    def base_url(self, name: str) -> str:
        return (self.service(name).base_url or BASE_URLS.get(name, "")).rstrip("/")


def variables() -> list[str]:
    """Every variable that is read, in capitals; one of them before there are settings."""
    names = ["UNI_CONFIG"]
    for name, field in Settings.model_fields.items():
        group = field.annotation
        names.append(variable_of(name))
        if isinstance(group, type) and issubclass(group, BaseModel):
            names += [variable_of(name, inner) for inner in group.model_fields]
    return names


def nearest(name: str) -> str | None:
    """The variable that was meant, where one is near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(name.upper(), variables(), n=1, cutoff=0.75)), None)


def load() -> Settings:
    _refuse_unknown(folders.config_values(), Settings, "")
    try:
        return Settings()
    except ValidationError as error:
        raise BadSettings(_in_words(error)) from None
    except SettingsError as error:
        raise BadSettings(_of_a_group(error)) from None


def _of_a_group(error: SettingsError) -> str:
    """`UNI_LUMA=x`: a group of settings has no value of its own."""
    groups = (*SERVICES, "plan")
    group = next((name for name in groups if variable_of(name) in os.environ and f'"{name}"' in str(error)), None)
    if group is None:
        return f"The settings cannot be read: {error}"
    example = variable_of(group, "base_url")
    return f"The setting {variable_of(group)} does not hold: its members are set one by one, for example {example}"


def _in_words(error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    where = [str(part) for part in first["loc"]]
    name = variable_of(*where)
    in_environment = next((known for known in os.environ if known.upper() == name), None)
    if first["type"] == "extra_forbidden" and in_environment:
        near = nearest(name)
        return f"{in_environment} is no setting." + (f" Did you mean {near}?" if near else "")
    place = in_environment or f"`{'.'.join(where)}` in {folders.config_file()}"
    return f"The setting {place} does not hold: {first['msg'].lower()}"


def _refuse_unknown(values: dict[str, Any], model: type[BaseModel], prefix: str) -> None:
    """A misspelt key in the config file would be dropped silently otherwise."""
    from difflib import get_close_matches

    for key, value in values.items():
        field = model.model_fields.get(key)
        if field is None:
            near = get_close_matches(key, model.model_fields, n=1)
            tip = f" Did you mean `{prefix}{near[0]}`?" if near else ""
            raise BadSettings(f"The settings file {folders.config_file()} has an unknown key `{prefix}{key}`.{tip}")
        inner = field.annotation
        if isinstance(value, dict) and isinstance(inner, type) and issubclass(inner, BaseModel):
            _refuse_unknown(value, inner, f"{prefix}{key}.")
