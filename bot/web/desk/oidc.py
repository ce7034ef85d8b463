"""Sign-in by OpenID Connect: code flow with PKCE, state and nonce."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from bot.desk.people import Person, known_roles

_WELL_KNOWN = "/.well-known/openid-configuration"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Signed by the provider's own key: neither unsigned nor signed by a secret that is shared.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
# Seconds that two clocks may differ.
_LEEWAY = 60
_SECRET_LENGTH = 48


class OidcError(Exception):
    """Nobody could be signed in; the message says why, and holds nothing that is secret."""


@dataclass(frozen=True)
class Flow:
    """What the browser keeps between leaving for the provider and coming back."""

    state: str
    nonce: str
    verifier: str


class Oidc:
    """One provider, found by its discovery document, which is read anew each time: keys change."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, roles_claim: str, client: httpx.AsyncClient
    ) -> None:
        self._issuer = issuer
        self._id = client_id
        self._secret = client_secret
        self._roles_claim = roles_claim
        self._client = client

    async def begin(self, redirect_uri: str) -> tuple[str, Flow]:
        """Return the address to send the browser to, and what it must bring back. Raises OidcError."""
        provider = await self._discover()
        flow = Flow(*(generate_token(_SECRET_LENGTH) for _ in range(3)))
        parameters = {
            "response_type": "code",
            "client_id": self._id,
            "redirect_uri": redirect_uri,
            "scope": "openid profile",
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": create_s256_code_challenge(flow.verifier),
            "code_challenge_method": "S256",
        }
        return str(add_params_to_uri(provider["authorization_endpoint"], parameters.items())), flow

    async def finish(self, flow: Flow, code: str, redirect_uri: str) -> Person:
        """Return who has signed in, in the roles that the claim names. Raises OidcError."""
        provider = await self._discover()
        fields = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": flow.verifier,
        }
        tokens = await self._fetch("POST", provider["token_endpoint"], data=fields, auth=(self._id, self._secret))
        keys = await self._fetch("GET", provider["jwks_uri"])
        claims = self._claims(tokens, keys, flow.nonce)
        roles = claims.get(self._roles_claim)
        # A string is one name, whatever stands in it: "Printer admin" is no admin.
        names = [roles] if isinstance(roles, str) else roles if isinstance(roles, list) else []
        return Person(str(claims["sub"]), str(claims.get("name") or claims["sub"]), known_roles(map(str, names)))

    def _claims(self, tokens: Mapping[str, Any], keys: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        try:
            registry = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)
            token = jwt.decode(tokens["id_token"], KeySet.import_key_set(dict(keys)), registry=registry)  # type: ignore[arg-type]
            expected = {
                "iss": {"essential": True, "value": self._issuer},
                "aud": {"essential": True, "value": self._id},
                "nonce": {"essential": True, "value": nonce},
            }
            known = {"nonce": nonce, "client_id": self._id, "access_token": tokens.get("access_token")}
            claims = CodeIDToken(token.claims, token.header, expected, known)
            claims.validate(leeway=_LEEWAY)
        except (JoseError, KeyError, ValueError, TypeError) as error:
            raise OidcError(f"the identity token is not good: {type(error).__name__}") from error
        return token.claims

    async def _discover(self) -> Mapping[str, Any]:
        provider = await self._fetch("GET", self._issuer.rstrip("/") + _WELL_KNOWN)
        if provider.get("issuer") != self._issuer:
            raise OidcError("the discovery document is of another issuer")
        if not all(isinstance(provider.get(name), str) for name in _ENDPOINTS):
            raise OidcError("the discovery document lacks an endpoint")
        return provider

    async def _fetch(self, method: str, address: str, **more: Any) -> Mapping[str, Any]:
        try:
            response = await self._client.request(method, address, **more)
            response.raise_for_status()
            answer = response.json()
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise OidcError(f"the sign-in service did not answer: {type(error).__name__}") from error
        if not isinstance(answer, dict):
            raise OidcError("the sign-in service answered something else")
        return answer
