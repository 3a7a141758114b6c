"""Turns the descriptive shapes of the estate file into the core's values, name by name."""

from typing import Any, TypeVar

from bot.core.estate import description as core
from bot.core.estate.history import Reminders
from bot.files.estate.fields import Shape
from bot.files.estate.schema_description import AcceptedShape, DescriptionShape, GovernanceShape

T = TypeVar("T")


def about(item: DescriptionShape) -> core.About:
    return core.About(
        lifecycle=_as(core.Lifecycle, item.lifecycle, replaced_by=item.lifecycle.replaced_by or ""),
        monitoring=item.monitoring,
        nature=_as(core.Nature, item.nature),
        interface=_as(core.Interface, item.interface),
        recovery=_as(core.Recovery, item.recovery),
        records=tuple(_as(core.RecordIds, one) for one in item.records),
        handoffs=tuple(_as(core.Handoff, one) for one in item.handoffs),
        exceptions=_as(core.Exceptions, item.exceptions),
        roles=_as(core.Roles, item.roles),
        workarounds=tuple(_as(core.Workaround, one) for one in item.workarounds),
        trials=tuple(_as(core.FallbackTrial, one) for one in item.trials),
        risks=tuple(_as(core.Risk, one) for one in item.risks),
        succession=_as(core.Succession, item.succession),
        equipped={key: _as(core.Equipped, one) for key, one in item.equipped.items()},
        effort_days=item.effort_days,
        controls=tuple(item.controls),
        reconciles_by_hand=item.reconciles_by_hand,
    )


def governance(item: GovernanceShape, accepted: list[AcceptedShape]) -> core.Governance:
    model = item.operating_model
    return core.Governance(
        model=_as(core.OperatingModel, model) if model else None,
        authority={key: _as(core.Authority, one) for key, one in item.authority.items()},
        quotas={key: _as(core.Quota, one) for key, one in item.quotas.items()},
        change_process=item.change_process,
        deprecation=item.deprecation,
        standards=tuple(item.standards),
        attest_every=item.attest_every,
        docs_max_age=item.docs_max_age,
        most_owned=item.most_owned,
        accepted=tuple(_as(core.Accepted, one) for one in accepted),
        release_reminders=_as(Reminders, item.release_reminders),
        emergency_approval=item.emergency_approval,
    )


def _as(kind: type[T], shape: Shape, **changes: Any) -> T:
    """The value of the same field names; lists become tuples."""
    fields = {
        name: tuple(part) if isinstance(part, list) else part for name, part in dict(shape).items()
    }
    return kind(**{**fields, **changes})
