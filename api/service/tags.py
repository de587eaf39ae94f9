"""The operations on tags, of state machines and of activities."""

from __future__ import annotations

from api.service.arns import ActivityArn, Arns
from api.service.configurations import checked_tags
from api.service.errors import ResourceNotFound, TooManyTags
from api.service.modes import check_mode_tag
from api.service.shapes import (
    ListTagsForResourceRequest,
    ListTagsForResourceResponse,
    Tag,
    TagResourceRequest,
    TagResourceResponse,
    UntagResourceRequest,
    UntagResourceResponse,
)
from api.storage.store import LimitReached, Store, TagOwner


class Tags:
    """Adds, removes and lists tags."""

    def __init__(self, store: Store, arns: Arns) -> None:
        self._store = store
        self._arns = arns

    async def add(self, request: TagResourceRequest) -> TagResourceResponse:
        """TagResource."""
        owner, name = self._read(request.resource_arn)
        tags = checked_tags(request.tags, request.resource_arn)
        if owner == "state machine":
            check_mode_tag(tags)
        try:
            found = await self._store.put_tags(owner, name, tags)
        except LimitReached:
            raise TooManyTags(request.resource_arn) from None
        if not found:
            raise ResourceNotFound(request.resource_arn)
        return TagResourceResponse()

    async def remove(self, request: UntagResourceRequest) -> UntagResourceResponse:
        """UntagResource; keys that the resource does not have are passed over."""
        owner, name = self._read(request.resource_arn)
        if not await self._store.remove_tags(owner, name, request.tag_keys):
            raise ResourceNotFound(request.resource_arn)
        return UntagResourceResponse()

    async def list(self, request: ListTagsForResourceRequest) -> ListTagsForResourceResponse:
        """ListTagsForResource."""
        owner, name = self._read(request.resource_arn)
        tags = await self._store.get_tags(owner, name)
        if tags is None:
            raise ResourceNotFound(request.resource_arn)
        return ListTagsForResourceResponse(tags=tuple(Tag(key=key, value=value) for key, value in tags.items()))

    def _read(self, text: str) -> tuple[TagOwner, str]:
        arn = self._arns.read_taggable(text)
        if isinstance(arn, ActivityArn):
            if arn.name is not None:
                return "activity", arn.name
        elif arn.name is not None and arn.qualifier is None and arn.label is None:
            return "state machine", arn.name
        raise ResourceNotFound(text)
