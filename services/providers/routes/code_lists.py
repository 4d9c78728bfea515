"""The code lists: topics and municipalities."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.providers import models
from services.providers.actions import code_lists as actions
from services.providers.routes.registry import AfterCode, Limit, with_tag
from services.providers.search.topics import find_topics
from services.providers.store.code_lists import has_postal_code, municipalities_named
from services.providers.store.records import page
from shared.auth import Caller
from shared.conditional import IfMatch
from shared.db import Session, driver
from shared.http.paging import Linked
from shared.openapi.security import FOR_ANYBODY
from shared.schemas import providers as wire
from shared.schemas.common import MunicipalityCode, RegionCode, TopicCode

routes = APIRouter(tags=["registry"])


@routes.get("/topics", summary="List topics", openapi_extra=FOR_ANYBODY)
async def list_topics(
    session: Session,
    linked: Linked,
    q: Annotated[str | None, Query(max_length=200, description="what a person says: puhelimen, verkkopankissa")] = None,
    limit: Limit = 100,
    after: AfterCode = None,
) -> wire.Topics:
    """What the trouble can be with, in order of code; with `q`, what somebody may mean, the likeliest first."""
    if q is not None:
        found = await find_topics(await driver(session), q)
        rest = found[found.index(after) + 1 :] if after in found else found
        codes, following = rest[:limit], rest[limit - 1] if len(rest) > limit else None
        meant = [wire.Topic.model_validate(await session.get(models.Topic, code)) for code in codes]
        return linked(wire.Topics(items=meant, next=following))
    rows, following = await page(session, models.Topic, models.Topic.code, after=after, limit=limit)
    return linked(wire.Topics(items=[wire.Topic.model_validate(row) for row in rows], next=following))


@routes.put("/topics/{code}", summary="Add or rename a topic")
async def write_topic(
    session: Session, caller: Caller, code: TopicCode, wanted: wire.TopicInput, if_match: IfMatch, response: Response
) -> wire.Topic:
    row = await actions.write_topic(session, caller=caller, code=code, wanted=wanted, if_match=if_match)
    return with_tag(response, wire.Topic.model_validate(row))


@routes.get("/municipalities", summary="List municipalities", openapi_extra=FOR_ANYBODY)
async def list_municipalities(
    session: Session,
    linked: Linked,
    region: RegionCode | None = None,
    postal_code: Annotated[
        str | None, Query(max_length=5, pattern=r"^[0-9]{5}$", description="the one that it is in")
    ] = None,
    named: Annotated[
        str | None, Query(min_length=2, max_length=100, description="what people call it, or a village in it")
    ] = None,
    limit: Limit = 100,
    after: AfterCode = None,
) -> wire.Municipalities:
    """The municipalities of 2026 (Statistics Finland), in order of code. With `named`, those that are called so; where
    none is, those that have a village or a former municipality of this name; then those where one begins so."""
    model, only = models.Municipality, [has_postal_code(postal_code)] if postal_code else []
    if named:
        only.append(model.code.in_(await municipalities_named(session, named)))
    rows, following = await page(session, model, model.code, after=after, limit=limit, only=only, region=region)
    return linked(wire.Municipalities(items=[wire.Municipality.model_validate(row) for row in rows], next=following))


@routes.get(
    "/former-municipalities", summary="List municipalities that are part of another now", openapi_extra=FOR_ANYBODY
)
async def list_former_municipalities(
    session: Session, linked: Linked, limit: Limit = 100, after: AfterCode = None
) -> wire.FormerMunicipalities:
    """In order of code. Lists that name them are understood."""
    model = models.FormerMunicipality
    rows, following = await page(session, model, model.code, after=after, limit=limit)
    items = [wire.FormerMunicipality.model_validate(row) for row in rows]
    return linked(wire.FormerMunicipalities(items=items, next=following))


@routes.put("/municipalities/{code}", summary="Rename a municipality")
async def write_municipality(
    session: Session,
    caller: Caller,
    code: MunicipalityCode,
    wanted: wire.MunicipalityInput,
    if_match: IfMatch,
    response: Response,
) -> wire.Municipality:
    row = await actions.write_municipality(session, caller=caller, code=code, wanted=wanted, if_match=if_match)
    return with_tag(response, wire.Municipality.model_validate(row))
