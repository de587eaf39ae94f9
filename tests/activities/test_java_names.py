"""Names of the SDK for Java: those of real classes and getters, and of recorded answers."""

from __future__ import annotations

import pytest

from activities.java_names import exception_name, member_name


@pytest.mark.parametrize(
    "shape, name",
    [
        ("ResourceNotFoundException", "ResourceNotFoundException"),
        ("NoSuchKey", "NoSuchKeyException"),
        ("InvalidToken", "InvalidTokenException"),
        ("InternalServerError", "InternalServerErrorException"),
        ("DBInstanceNotFoundFault", "DbInstanceNotFoundException"),
        ("ResourceNotFoundFault", "ResourceNotFoundException"),
        ("KMSDisabledException", "KmsDisabledException"),
        ("EC2ThrottledException", "Ec2ThrottledException"),
        ("WAFInvalidParameterException", "WafInvalidParameterException"),
        ("InvalidOAuthFlowException", "InvalidOAuthFlowException"),
    ],
)
def test_exceptions(shape: str, name: str) -> None:
    assert exception_name(shape) == name


@pytest.mark.parametrize(
    "member, name",
    [
        ("stateMachineArn", "StateMachineArn"),
        ("ETag", "ETag"),
        ("ChecksumCRC32", "ChecksumCRC32"),
        ("MD5OfBody", "MD5OfBody"),
        ("DBInstances", "DbInstances"),
        ("VPCId", "VpcId"),
        ("SSEKMSKeyId", "SsekmsKeyId"),
        ("ARN", "Arn"),
        ("BOOL", "Bool"),
        ("SS", "Ss"),
        ("NULL", "Nul"),
        ("S", "S"),
        ("x", "X"),
    ],
)
def test_members(member: str, name: str) -> None:
    assert member_name(member) == name
