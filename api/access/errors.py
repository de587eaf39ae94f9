"""What a caller is told who is not let in; a class is named as its AWS code, the texts are AWS's where they are known.

    ServiceError
      MissingAuthenticationTokenException   nobody says who calls
      IncompleteSignatureException          what says it cannot be read
      UnrecognizedClientException           no such key, or a token that no key has
      ExpiredTokenException                 the key's time is over
      InvalidSignatureException             the signature is not that of this request, or not of this time and place
      AccessDeniedException                 the caller may not do this
      ThrottlingException                   the caller may, but not so often

Messages name no secrets, and nothing that a signature or a token holds.
"""

from __future__ import annotations

from typing import Final

from api.service.errors import ServiceError

_LONGEST_ARN: Final = 2_000  # in AWS's model; a caller may send anything in the place of one


class MissingAuthenticationTokenException(ServiceError):
    """The call carries neither signature nor token."""

    def __init__(self) -> None:
        super().__init__("Missing Authentication Token")


class IncompleteSignatureException(ServiceError):
    """A signature lacks a part, or has one that cannot be read."""


class UnrecognizedClientException(ServiceError):
    """No key of that id, no key with that token, or a session token, which no key has."""

    def __init__(self, hint: str = "") -> None:
        super().__init__("The security token included in the request is invalid." + hint)


class ExpiredTokenException(ServiceError):
    """The key was made for a time that is over."""

    def __init__(self) -> None:
        super().__init__("The security token included in the request is expired")


class InvalidSignatureException(ServiceError):
    """A signature that is well formed and wrong."""

    @classmethod
    def mismatch(cls) -> InvalidSignatureException:
        """The request, or the secret, is not what was signed."""
        return cls(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret "
            "Access Key and signing method. Consult the service documentation for details."
        )

    @classmethod
    def replayed(cls) -> InvalidSignatureException:
        """The very same request was accepted before."""
        return cls(
            "Signature already used: a signed request is accepted once, and this one has come before. Sign it anew to "
            "repeat it."
        )


class AccessDeniedException(ServiceError):
    """The caller may not do this."""

    @classmethod
    def by_policy(cls, user_arn: str, action: str, resource: str, *, explicitly: bool) -> AccessDeniedException:
        """The caller's policy does not allow it, or denies it explicitly."""
        why = (
            "with an explicit deny in an identity-based policy"
            if explicitly
            else f"because no identity-based policy allows the {action} action"
        )
        shown = resource[:_LONGEST_ARN]
        return cls(f"User: {user_arn} is not authorized to perform: {action} on resource: {shown} {why}")

    @classmethod
    def web_page(cls) -> AccessDeniedException:
        """A browser calls for a web page, which may be anybody's, where nobody is asked who they are."""
        return cls("Calls by web pages (with the header Origin) are not accepted without authentication.")


class ThrottlingException(ServiceError):
    """More calls than the key's rate allows; SDKs repeat them after a while."""

    def __init__(self) -> None:
        super().__init__("Rate exceeded")
