"""Names whose values are secret: of columns, fields, headers, settings, parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable

SECRETS = (
    "password", "passwd", "passphrase", "passcode", "pwd", "secret", "token", "jwt", "otp", "totp", "authorization",
    "cookie", "cookies", "credential", "credentials", "api_key", "apikey", "private_key", "access_key", "secret_key",
    "encryption_key", "signing_key", "master_key", "account_key", "shared_key", "auth_key", "subscription_key", "functions_key",
    "session_key", "session_id", "sessionid", "signature", "csrf", "csrftoken", "client_assertion", "code_verifier",
    "card_number", "cvv", "cvc",
)  # fmt: skip
"""A name is secret that has one of these among its words: `"new_password"`, `"X-Api-Key"`, `"accessToken"`."""

# Of several: `tokens: 3` is a number of them, `"passwords": ["..."]` is not.
SEVERAL = ("passwords", "secrets", "tokens", "api_keys", "otps")

# What is said of a secret is none: when it expires, how many there are, of which kind it is.
_ABOUT = re.compile(
    r"_(?:at|on|count|type|length|len|expires|expires_in|expiry|ttl|age|name|names|policy|required|enabled|valid|field|header|usage)$"
    r"|^(?:has|is|max|min|num|no)_"
)
# Where people give secrets such short names: in URLs, forms, headers and cookies. A "key" elsewhere is mostly something else.
_SHORT = re.compile(r"^(?:x_)?(?:key|sig|sid|auth|assertion|hmac|pass|pw|session)$")
# Headers come in lower case, so that nothing tells "AccessToken" to be two words any more; JSON of some has such names as well.
_RUN_TOGETHER = re.compile(r"(?:token|secret|password|passwd|apikey|sessionid|sessid|signature)$")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def normal(name: str) -> str:
    """The words of a name, by underscores: `"X-Api-Key"` and `"xApiKey"` alike."""
    return re.sub(r"[^a-z0-9]+", "_", _CAMEL.sub("_", name).lower())


def pattern_of(names: Iterable[str]) -> re.Pattern[str]:
    """Finds one of the names among the words of a normal name."""
    known = "|".join(re.escape(normal(name)).replace("_", "_?") for name in names)
    return re.compile(rf"(?:^|_)(?:{known})(?:$|_)")


def only_about(name: str) -> bool:
    """Whether a normal name of a secret names something else about it: `token_type`, `password_changed_at`."""
    return _ABOUT.search(name.strip("_")) is not None


def runs_together(name: str) -> bool:
    """Whether a normal name ends with a secret one, as `accesstoken` does."""
    return _RUN_TOGETHER.search(name.strip("_")) is not None


def in_web(name: str) -> bool:
    """Whether a normal name, which is not secret everywhere, is secret in URLs, forms and headers."""
    return _SHORT.search(name.strip("_")) is not None or runs_together(name)
