"""The operations on activities: the resource, and the tasks that its workers poll for.

Tasks wait in Temporal, on a task queue named by the activity's ARN; nothing is queued here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from operator import attrgetter
from typing import Final

from api.service.arns import Arns, check_name
from api.service.clock import Clock
from api.service.configurations import checked_tags, complete_encryption
from api.service.conversion import from_json, to_json
from api.service.errors import (
    ActivityAlreadyExists,
    ActivityDoesNotExist,
    ActivityWorkerLimitExceeded,
    InvalidArn,
    InvalidToken,
    ServiceUnavailable,
)
from api.service.gateway import ActivityTask, ExecutionGateway, MalformedToken
from api.service.long_calls import LongCalls
from api.service.pages import page_of, page_place, page_size
from api.service.shapes import (
    ActivityListItem,
    CreateActivityRequest,
    CreateActivityResponse,
    DeleteActivityRequest,
    DeleteActivityResponse,
    DescribeActivityRequest,
    DescribeActivityResponse,
    EncryptionConfiguration,
    GetActivityTaskRequest,
    GetActivityTaskResponse,
    ListActivitiesRequest,
    ListActivitiesResponse,
)
from api.storage.store import Activity, Store

_MOST_POLLERS: Final = 1_000  # AWS quota for each activity, checked 2026-11; here for each process


class KnownActivities:
    """Finds activities by their ARNs (`activities.integrations.activity_look_up.ActivityCatalog`)."""

    def __init__(self, store: Store, arns: Arns) -> None:
        self._store = store
        self._arns = arns

    async def exists(self, activity_arn: str) -> bool:
        """Whether the ARN is that of an activity; asked by a Task that is about to be scheduled."""
        try:
            await self.find(activity_arn)
        except (ActivityDoesNotExist, InvalidArn):
            return False
        return True

    async def find(self, activity_arn: str) -> Activity:
        """The activity of an ARN.

        Raises:
            ActivityDoesNotExist: there is none.
            InvalidArn: the ARN is of something else.
        """
        arn = self._arns.read_activity(activity_arn)
        activity = None if arn.name is None else await self._store.get_activity(arn.name)
        if activity is None:
            raise ActivityDoesNotExist(arn.text)
        return activity


class Activities:
    """Creates, reads, lists and deletes activities, and hands out their tasks."""

    def __init__(self, store: Store, gateway: ExecutionGateway, arns: Arns, clock: Clock) -> None:
        self._store = store
        self._gateway = gateway
        self._arns = arns
        self._clock = clock
        self._known = KnownActivities(store, arns)
        self._polls = LongCalls()
        self._pollers: Counter[str] = Counter()

    async def create(self, request: CreateActivityRequest) -> CreateActivityResponse:
        """CreateActivity: idempotent by name; a repeated call leaves the tags as they are."""
        check_name(request.name)
        arn = self._arns.activity(request.name)
        tags = checked_tags(request.tags or (), arn)
        encryption = to_json(complete_encryption(request.encryption_configuration))
        wanted = Activity(name=request.name, encryption=encryption, created=self._clock())
        activity = await self._store.create_activity(wanted, tags)
        if activity.encryption != encryption:
            raise ActivityAlreadyExists
        return CreateActivityResponse(activity_arn=arn, creation_date=activity.created)

    async def describe(self, request: DescribeActivityRequest) -> DescribeActivityResponse:
        """DescribeActivity."""
        activity = await self._known.find(request.activity_arn)
        return DescribeActivityResponse(
            activity_arn=request.activity_arn,
            name=activity.name,
            creation_date=activity.created,
            encryption_configuration=from_json(EncryptionConfiguration, activity.encryption),
        )

    async def delete(self, request: DeleteActivityRequest) -> DeleteActivityResponse:
        """DeleteActivity, also of none; tasks that were scheduled before stay until they time out."""
        arn = self._arns.read_activity(request.activity_arn)
        if arn.name is not None:
            await self._store.delete_activity(arn.name)
        return DeleteActivityResponse()

    async def list(self, request: ListActivitiesRequest) -> ListActivitiesResponse:
        """ListActivities, by the bytes of their names."""
        size, after = page_size(request.max_results), page_place(request.next_token, "ListActivities")
        found = await self._store.list_activities(after, size + 1)
        activities, token = page_of(found, size, attrgetter("name"), "ListActivities")
        return ListActivitiesResponse(
            activities=tuple(self._list_item(activity) for activity in activities), next_token=token
        )

    def _list_item(self, activity: Activity) -> ActivityListItem:
        return ActivityListItem(
            activity_arn=self._arns.activity(activity.name), name=activity.name, creation_date=activity.created
        )

    async def get_task(self, request: GetActivityTaskRequest) -> GetActivityTaskResponse:
        """GetActivityTask: waits for a task; cancelled, it loses none."""
        await self._known.find(request.activity_arn)
        with self._polling(request.activity_arn):
            task = await self._poll(request)
        if task is None:
            return GetActivityTaskResponse()
        return GetActivityTaskResponse(task_token=task.token, input=task.input)

    async def _poll(self, request: GetActivityTaskRequest) -> ActivityTask | None:
        try:
            async with self._polls.waiting():
                return await self._gateway.poll_activity(request.activity_arn, request.worker_name)
        except ServiceUnavailable:  # of `waiting`: the worker is told that there was no task, and asks again
            return None

    def stop(self) -> None:
        """Answer all who wait for a task, now and from now on: they ask again, and find another process."""
        self._polls.drain()

    async def return_task(self, token: str) -> None:
        """Give a task back that could not be handed over: another worker gets it."""
        try:
            await self._gateway.return_activity_task(token)
        except MalformedToken:
            raise InvalidToken from None

    @contextmanager
    def _polling(self, activity_arn: str) -> Iterator[None]:
        if self._pollers[activity_arn] >= _MOST_POLLERS:
            raise ActivityWorkerLimitExceeded
        self._pollers[activity_arn] += 1
        try:
            yield
        finally:
            self._pollers[activity_arn] -= 1
            if not self._pollers[activity_arn]:
                del self._pollers[activity_arn]
