"""Settings of the gateway, from the environment and .env. An unknown or malformed one stops the start."""

from __future__ import annotations

import difflib
import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

from limits import RateLimitItem, parse
from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.database import DEFAULT_URL

_HOME = "http://localhost"


class SettingsError(Exception):
    """A setting cannot be used. One line for each fault, for the person who starts the service."""


class Settings(BaseSettings):
    """Every setting, its default and its bounds; .env.example explains them."""

    model_config = SettingsConfigDict(env_file=".env", extra="forbid", frozen=True)

    web_host: str = "127.0.0.1"
    web_port: int = Field(8000, ge=1, le=65535)
    rasa_host: str = "127.0.0.1"
    rasa_port: int = Field(5005, ge=1, le=65535)
    rasa_timeout: float = Field(5.0, gt=0, le=60, description="seconds")
    trusted_proxies: str = ""
    # Where people reach the service; empty: at the address that they asked.
    public_url: str = Field("", pattern=r"^(https?://[^/?#]+/?)?$")
    # Sites that may show the widget: origins, separated by spaces.
    widget_origins: str = ""
    message_max_chars: int = Field(1000, ge=50, le=4000)
    body_max_bytes: int = Field(16_384, ge=1024, le=1_048_576)
    # The privacy answer promises these times at most: facts conversation_idle, conversation_longest.
    conversation_idle: int = Field(3600, ge=60, le=3600, description="seconds")
    conversation_longest: int = Field(72_000, ge=60, le=72_000, description="seconds")
    conversations_max: int = Field(20_000, ge=10)
    limits: Literal["on", "off"] = "on"
    limit_client: str = "600/minute"
    limit_conversation: str = "30/minute"
    database_url: str = DEFAULT_URL
    # Whether languages with texts that no translator has read are served (with a notice that Swedish applies).
    drafts: Literal["serve", "withhold"] = "serve"
    # Read by Rasa alone (bot/nlu/settings.py), but .env is one file for all.
    nlu_encoder: str = ""
    # How long a question is kept that its author lets the City keep; the privacy answer promises fact question_kept.
    questions_days: int = Field(30, ge=0, le=30, description="days; 0: none is")
    desk: Literal["on", "off"] = "on"
    desk_oidc_issuer: str = Field("", pattern=r"^(https?://[^?#\s]+)?$")
    desk_oidc_client_id: str = ""
    desk_oidc_client_secret: str = ""
    desk_oidc_roles_claim: str = "roles"
    watch: Literal["on", "off"] = "on"
    watch_contact: str = "https://start.stockholm/"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"

    @field_validator("limit_client", "limit_conversation")
    @classmethod
    def _is_rate(cls, value: str) -> str:
        parse(value)
        return value

    @model_validator(mode="after")
    def _limits_off_only_at_home(self) -> Settings:
        if self.limits == "off" and not is_loopback(self.web_host):
            raise ValueError("LIMITS=off is accepted only when WEB_HOST is a loopback address")
        return self

    @model_validator(mode="after")
    def _desk_in_public_only_with_accounts(self) -> Settings:
        public = not is_loopback(self.web_host) or not is_loopback(urlsplit(self.public_url or _HOME).hostname or "")
        if self.desk == "on" and public and not self.desk_oidc_issuer:
            raise ValueError("DESK=on needs DESK_OIDC_ISSUER unless WEB_HOST and PUBLIC_URL are of this machine alone")
        issuer = urlsplit(self.desk_oidc_issuer or _HOME)
        if issuer.scheme != "https" and not is_loopback(issuer.hostname or ""):
            raise ValueError("DESK_OIDC_ISSUER is reached by https, or on this machine")
        if self.desk_oidc_issuer and not (self.desk_oidc_client_id and self.desk_oidc_client_secret):
            raise ValueError("DESK_OIDC_ISSUER needs DESK_OIDC_CLIENT_ID and DESK_OIDC_CLIENT_SECRET")
        return self

    @field_validator("widget_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        for origin in value.split():
            if not re.fullmatch(r"https?://[a-z0-9.-]+(:\d+)?", origin):
                raise ValueError(f"{origin} is no origin such as https://start.stockholm")
        return value

    @property
    def widget_sites(self) -> list[str]:
        """The origins of the sites that may show the widget."""
        return self.widget_origins.split()

    @property
    def rasa_url(self) -> str:
        """The address of Rasa's server."""
        return f"http://{self.rasa_host}:{self.rasa_port}"

    @property
    def client_rate(self) -> RateLimitItem | None:
        """How often one address may ask; None when limits are off."""
        return parse(self.limit_client) if self.limits == "on" else None

    @property
    def conversation_rate(self) -> RateLimitItem | None:
        """How often one conversation may ask; None when limits are off."""
        return parse(self.limit_conversation) if self.limits == "on" else None


def load_settings() -> Settings:
    """Return the settings of this process. Raises SettingsError naming every fault."""
    try:
        return Settings()
    except ValidationError as error:
        raise SettingsError("\n".join(_line(dict(fault)) for fault in error.errors())) from None


def is_loopback(host: str) -> bool:
    """Return whether `host` can be reached from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _line(fault: dict[str, object]) -> str:
    location = fault["loc"]
    name = str(location[0]).upper() if isinstance(location, tuple) and location else ""
    if fault["type"] == "extra_forbidden":
        known = [field.upper() for field in Settings.model_fields]
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"; did you mean {near[0]}?" if near else ""
        return f".env: {name} is not a setting{hint}"
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"setting {name}: {message}" if name else f"settings: {message}"
