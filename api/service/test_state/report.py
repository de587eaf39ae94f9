"""What TestState answers: status, output or error, and the data on the way at the levels DEBUG and TRACE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from api.service.shapes import InspectionData, InspectionErrorDetails, InspectionLevel, TestStateResponse
from interpreter.errors import StatesError, StatesTimeout
from interpreter.execution import FailedWith, Succeeded
from interpreter.hosts.inprocess import Ended
from interpreter.inspection import Inspection, Stage
from interpreter.values import JsonValue, is_integer, is_number, json_text


def report(
    level: InspectionLevel,
    input_text: str,
    ended: Ended,
    inspection: Inspection,
    variables: Mapping[str, JsonValue],
) -> TestStateResponse:
    """The answer; `variables` are those after the state."""
    data = None if level == "INFO" else _inspection_data(input_text, inspection, variables)
    if isinstance(ended.result, Succeeded):
        error = None if inspection.catch is None else inspection.catch.error
        return TestStateResponse(
            status="SUCCEEDED" if error is None else "CAUGHT_ERROR",
            output=json_text(ended.result.output),
            error=None if error is None else error.name,
            cause=None if error is None else error.cause,
            next_state=inspection.next_state,
            inspection_data=data,
        )
    failure: StatesError = ended.result.error if isinstance(ended.result, FailedWith) else StatesTimeout()
    return TestStateResponse(
        status=_failed_status(inspection), error=failure.name, cause=failure.cause, inspection_data=data
    )


def _failed_status(inspection: Inspection) -> Literal["FAILED", "RETRIABLE"]:
    retry = inspection.retry
    return "FAILED" if retry is None or retry.delay is None else "RETRIABLE"


def _inspection_data(input_text: str, inspection: Inspection, variables: Mapping[str, JsonValue]) -> InspectionData:
    def shown(stage: Stage) -> str | None:
        return json_text(inspection.stages[stage]) if stage in inspection.stages else None

    concurrency, failures, share = (
        inspection.stages.get(stage)
        for stage in ("maxConcurrency", "toleratedFailureCount", "toleratedFailurePercentage")
    )
    return InspectionData(
        input=input_text,
        after_arguments=shown("afterArguments"),
        after_input_path=shown("afterInputPath"),
        after_parameters=shown("afterParameters"),
        result=shown("result"),
        after_result_selector=shown("afterResultSelector"),
        after_result_path=shown("afterResultPath"),
        variables=json_text(dict(variables)) if variables else None,
        error_details=_error_details(inspection),
        after_items_path=shown("afterItemsPath"),
        after_item_selector=shown("afterItemSelector"),
        after_item_batcher=shown("afterItemBatcher"),
        after_items_pointer=shown("afterItemsPointer"),
        max_concurrency=concurrency if is_integer(concurrency) else None,
        tolerated_failure_count=failures if is_integer(failures) else None,
        tolerated_failure_percentage=share if is_number(share) else None,
    )


def _error_details(inspection: Inspection) -> InspectionErrorDetails | None:
    if inspection.catch is not None:
        return InspectionErrorDetails(catch_index=inspection.catch.index)
    retry = inspection.retry
    if retry is None:
        return None
    seconds = None if retry.delay is None else round(retry.delay / 1000)
    return InspectionErrorDetails(retry_index=retry.index, retry_backoff_interval_seconds=seconds)
