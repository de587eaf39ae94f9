"""Every error that callers of the application service are told; a class is named as its AWS code.

    ServiceError
      UnknownOperationException, UnsupportedOperationException, SerializationException
      ValidationException, MissingRequiredParameter, InvalidArn, InvalidName, InvalidToken
      InvalidDefinition, InvalidLoggingConfiguration, InvalidEncryptionConfiguration
      InvalidExecutionInput, InvalidOutput
      StateMachineDoesNotExist, StateMachineAlreadyExists, StateMachineDeleting, StateMachineTypeNotSupported
      ExecutionDoesNotExist, ExecutionAlreadyExists, ExecutionNotRedrivable
      ActivityDoesNotExist, ActivityAlreadyExists, ActivityWorkerLimitExceeded
      TaskTimedOut
      ResourceNotFound, TooManyTags, ConflictException, ServiceQuotaExceededException
      ResourceAlreadyExistsException, ResourceNotFoundException, ConcurrentModificationException (of connections)
      ServiceUnavailable     Temporal or the database does not answer; the call may be repeated
      InternalFailure        what the doors answer for anything else, which is a bug in steploom

Messages are AWS's where they are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interpreter.definition.diagnostics import Diagnostic, Severity


class ServiceError(Exception):
    """A call was refused.

    Attributes:
        message: the text for people.
        members: further members of AWS's error shape, by their names on the wire.
    """

    def __init__(self, message: str, **members: str) -> None:
        super().__init__(message)
        self.message = message
        self.members: Mapping[str, str] = members

    @property
    def code(self) -> str:
        """AWS's error code."""
        return type(self).__name__


class UnknownOperationException(ServiceError):
    """No operation of that name exists in the service's model."""

    def __init__(self) -> None:
        super().__init__("The requested operation is not recognized by the service.")


class UnsupportedOperationException(ServiceError):
    """AWS has it, steploom does not have it yet."""

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(f"{what} is not available yet. {advice}".rstrip())


class SerializationException(ServiceError):
    """The request is not JSON, or a member is of the wrong JSON type."""


class ValidationException(ServiceError):
    """A member breaks a constraint."""

    @classmethod
    def over_quota(cls, member: str, most: int) -> ValidationException:
        """A document of an execution is longer than `most` bytes."""
        return cls(
            f"1 validation error detected: Value at '{member}' failed to satisfy constraint: "
            f"Member must have length less than or equal to {most}"
        )

    @classmethod
    def labelled_arn(cls) -> ValidationException:
        """The operation takes no ARN of a Distributed Map's sub-workflow."""
        return cls(
            "This operation does not support state machine ARNs with a label.",
            reason="API_DOES_NOT_SUPPORT_LABELED_ARNS",
        )


class MissingRequiredParameter(ServiceError):
    """UpdateStateMachine was given nothing to change."""

    def __init__(self) -> None:
        super().__init__(
            "Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration"
            " must be specified"
        )


class InvalidArn(ServiceError):
    """An ARN is malformed, or not of the kind that is wanted."""

    @classmethod
    def prefix(cls, text: str) -> InvalidArn:
        """The text does not even start like an ARN."""
        return cls(f"Invalid Arn: 'Invalid ARN prefix: {text}'")

    @classmethod
    def resource_type(cls, resource_type: str) -> InvalidArn:
        """The ARN is of another kind of resource."""
        return cls(f"Invalid Arn: 'Resource type not valid in this context: {resource_type.lower()}'")

    @classmethod
    def not_found(cls, text: str) -> InvalidArn:
        """The ARN names nothing, in an operation that has no better error."""
        return cls(f"Invalid Arn: '{text}'")

    @classmethod
    def role(cls, text: str) -> InvalidArn:
        """The text is not the ARN of an IAM role."""
        return cls(f"Invalid Role Arn: '{text}'")


class InvalidName(ServiceError):
    """A name holds a character that names may not hold."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Invalid Name: '{name}'")


class InvalidToken(ServiceError):
    """A page token or a task token is none of ours."""

    def __init__(self) -> None:
        super().__init__("Invalid Token: 'Invalid token'")


class InvalidDefinition(ServiceError):
    """A definition was refused; the message holds every error found."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        errors = ", ".join(each.text() for each in diagnostics if each.severity is Severity.ERROR)
        super().__init__(f"Invalid State Machine Definition: '{errors}'")

    @classmethod
    def untestable(cls) -> InvalidDefinition:
        """TestState was given a Parallel or Map without a mock."""
        error = cls(())
        error.message = (
            "TestState API does not support Map or Parallel states. Supported state types include: "
            "[Task, Wait, Pass, Succeed, Fail, Choice]"
        )
        return error


class InvalidLoggingConfiguration(ServiceError):
    """A logging configuration cannot work."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"Invalid Logging Configuration: {detail}")


class InvalidEncryptionConfiguration(ServiceError):
    """An encryption configuration cannot work."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"Invalid Encryption Configuration: {detail}")


class InvalidExecutionInput(ServiceError):
    """The input of an execution is not JSON."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"Invalid State Machine Execution Input: '{detail}'")


class InvalidOutput(ServiceError):
    """The output of a task is not JSON."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"Invalid Output: '{detail}'")


class StateMachineDoesNotExist(ServiceError):
    """No such state machine, version or alias."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"State Machine Does Not Exist: '{arn}'")


class StateMachineAlreadyExists(ServiceError):
    """The name belongs to a state machine that differs."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"State Machine Already Exists: '{arn}'")


class StateMachineDeleting(ServiceError):
    """The state machine is being deleted."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"State Machine is being deleted: '{arn}'")


class StateMachineTypeNotSupported(ServiceError):
    """The operation is not for state machines of this type."""

    def __init__(self) -> None:
        super().__init__("This operation is not supported by this type of state machine")


class ExecutionDoesNotExist(ServiceError):
    """No such execution."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Execution Does Not Exist: '{arn}'")


class ExecutionAlreadyExists(ServiceError):
    """The name belongs to an execution that has ended or has another input."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Execution Already Exists: '{arn}'")


class ExecutionNotRedrivable(ServiceError):
    """The execution cannot be redriven; DescribeExecution shows the same reason."""


class ActivityDoesNotExist(ServiceError):
    """No such activity."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Activity Does Not Exist: '{arn}'")


class ActivityAlreadyExists(ServiceError):
    """The name belongs to an activity with another encryption configuration."""

    def __init__(self) -> None:
        super().__init__("Activity already exists. EncryptionConfiguration may not be updated.")


class ActivityWorkerLimitExceeded(ServiceError):
    """Too many calls of GetActivityTask wait for one activity."""

    def __init__(self) -> None:
        super().__init__("The maximum number of workers concurrently polling for activity tasks has been reached.")


class TaskTimedOut(ServiceError):
    """The task of a token is over."""

    def __init__(self) -> None:
        super().__init__("Task Timed Out: 'Provided task does not exist anymore'")


class ResourceNotFound(ServiceError):
    """No such resource."""

    def __init__(self, arn: str, message: str | None = None) -> None:
        super().__init__(message or f"Resource not found: '{arn}'", resourceName=arn)

    @classmethod
    def alias(cls, arn: str) -> ResourceNotFound:
        """No such alias."""
        return cls(arn, "Request references a resource that does not exist.")


class TooManyTags(ServiceError):
    """More tags than a resource may have."""

    def __init__(self, arn: str) -> None:
        super().__init__(f"Too many tags: a resource may have 50: '{arn}'", resourceName=arn)


class ConflictException(ServiceError):
    """The resource is not in the state that the call expects, or other calls changed it at the same time."""


class ServiceQuotaExceededException(ServiceError):
    """There are as many of these as there may be."""


class ResourceAlreadyExistsException(ServiceError):
    """There is a connection of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Connection {name} already exists.")


class ResourceNotFoundException(ServiceError):
    """There is no connection of that name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Connection '{name}' does not exist.")


class ConcurrentModificationException(ServiceError):
    """A connection was changed by somebody else meanwhile."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Connection {name} was modified concurrently.")


class ServiceUnavailable(ServiceError):
    """Temporal or the database cannot be reached or is overloaded; the call may be repeated."""


class InternalFailure(ServiceError):
    """A bug in steploom; the log has it."""

    def __init__(self) -> None:
        super().__init__("The request processing has failed because of an unknown error, exception or failure.")
