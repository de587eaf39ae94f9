"""The watch over a job: asks how it stands, from time to time, until it has ended; and stops it.

Between two questions nothing is held: an attempt that finds the job running fails, and Temporal begins the next one
after the delay that it asks for (docs/decisions, "Watching jobs").
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NoReturn

from botocore.exceptions import BotoCoreError
from temporalio import activity
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from activities.aws_calls import job_of, optimized_service
from activities.failures import Refusal, optimized_error
from activities.heartbeats import heartbeating
from activities.integrations.aws_service import AwsService, Refused
from activities.integrations.kubernetes_api import JobSource, LookAgain
from activities.integrations.optimized import Optimized
from activities.jobs import Job, JsonObject, WatchedJob
from activities.names import STOP_JOB, WATCH_JOB
from interpreter.errors import StatesError

_SHORTEST_SECONDS: Final = 1.0
_LONGEST_SECONDS: Final = 30.0
_SHARE: Final = 0.15
"""Of the time that a job has been running, until it is looked at again: its end is found out late by so much."""

_QUESTIONS_A_SECOND: Final = 20
"""That one process asks in the long run: five hundred jobs are each looked at every 25 seconds."""

_PATIENT_ATTEMPTS: Final = 5
"""Attempts in which a refusal counts as passing: a job that was only just submitted may not be known everywhere yet."""

_PASSING: Final = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "LimitExceeded", "ExpiredToken")
"""In the codes of refusals that a later call need not meet."""


class Calendar:
    """Spreads the questions of one process over time: so many for each second and no more.

    Args:
        per_second: how many.
    """

    def __init__(self, per_second: int = _QUESTIONS_A_SECOND) -> None:
        self._per_second = per_second
        self._booked: Counter[int] = Counter()
        self._first = 0

    def book(self, now: float, delay_seconds: float) -> float:
        """Book a question, `delay_seconds` from `now` or later; how many seconds from now it is."""
        self._forget(int(now))
        second = max(int(now + delay_seconds), self._first)
        while self._booked[second] >= self._per_second:
            second += 1
        self._booked[second] += 1
        return max(delay_seconds, second - now)

    def _forget(self, now: int) -> None:
        if now > self._first:
            self._first = now
            self._booked = Counter({second: count for second, count in self._booked.items() if second >= now})


def patience(age_seconds: float) -> float:
    """Seconds until a job of that age is looked at again."""
    return min(max(age_seconds * _SHARE, _SHORTEST_SECONDS), _LONGEST_SECONDS)


class JobWatch:
    """Runs `steploom:watch-job` and `steploom:stop-job`; register both methods in a worker.

    Args:
        aws: makes the calls.
        calendar: when the next ones are made.
        others: knows the jobs that are not of an AWS API, by service and action.
    """

    def __init__(
        self,
        aws: AwsService,
        calendar: Calendar | None = None,
        others: Mapping[tuple[str, str], JobSource] | None = None,
    ) -> None:
        self._aws = aws
        self._calendar = calendar or Calendar()
        self._others = others or {}

    @activity.defn(name=WATCH_JOB)
    async def watch(self, argument: dict[str, Any]) -> Any:
        """Look at the job once; `argument` is a `WatchedJob` as JSON.

        Returns:
            `{"output": <JSON>}` or `{"error": str, "cause": str}`.

        Raises:
            ApplicationError: the job runs, or did not answer; to be tried again after the delay that it names.
        """
        watched = WatchedJob.from_json(argument)
        other = self._others.get((watched.service, watched.action))
        if other is not None:
            return await self._look(other, watched)
        optimized, job = _service(watched), job_of(watched.service, watched.action)
        with heartbeating():
            try:
                answer = await self._aws.ask(optimized.folder, job.describe, watched.key)
            except Refused as refused:
                return self._refused(optimized, job, watched, refused.refusal)
            except BotoCoreError as error:
                self._again(f"{watched.service}:{job.describe} gave no answer: {error}")
        envelope = job.envelope(answer)
        if envelope is None:
            self._again("the job runs")
        return envelope

    @activity.defn(name=STOP_JOB)
    async def stop(self, argument: dict[str, Any]) -> None:
        """Stop the job; that it has ended, or is not known, is no fault."""
        watched = WatchedJob.from_json(argument)
        other = self._others.get((watched.service, watched.action))
        if other is not None:
            with heartbeating():
                await other.stop(watched)
            return
        job = job_of(watched.service, watched.action)
        if job.stop is None:
            return
        with heartbeating():
            try:
                await self._aws.ask(_service(watched).folder, job.stop, job.stop_key(watched.key))
            except Refused as refused:
                if _is_passing(refused.refusal):
                    raise

    async def _look(self, source: JobSource, watched: WatchedJob) -> JsonObject:
        with heartbeating():
            try:
                return await source.look(watched)
            except LookAgain as again:
                self._again(f"{watched.service}:{watched.action}: {again}")

    def _refused(self, optimized: Optimized, job: Job, watched: WatchedJob, refusal: Refusal) -> JsonObject:
        if job.gone is not None and refusal.code == job.gone:
            return {"output": watched.answer}
        if _is_passing(refusal) or activity.info().attempt <= _PATIENT_ATTEMPTS:
            self._again(f"{watched.service}:{job.describe} was refused: {refusal.code}: {refusal.message}")
        return _envelope(optimized_error(optimized.prefix, optimized.sdk_name, optimized.base_exception, refusal))

    def _again(self, reason: str) -> NoReturn:
        age = (datetime.now(UTC) - activity.info().scheduled_time).total_seconds()
        delay = self._calendar.book(time.monotonic(), patience(age))
        raise ApplicationError(
            reason,
            type="steploom:job-runs",
            next_retry_delay=timedelta(seconds=delay),
            category=ApplicationErrorCategory.BENIGN,
        )


def _service(watched: WatchedJob) -> Optimized:
    optimized = optimized_service(watched.service)
    if optimized is None:
        raise ValueError(f"{watched.service} is no optimized service")
    return optimized


def _is_passing(refusal: Refusal) -> bool:
    return refusal.status >= 500 or any(word in refusal.code for word in _PASSING)


def _envelope(error: StatesError) -> JsonObject:
    members = (("error", error.name), ("cause", error.cause))
    return {name: text for name, text in members if text is not None}
