"""Renders rules files, one for each service.

The rules are the same for every ruler; the text around them differs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from slocompiler.ir import Program, Service, Slo
from slocompiler.record import replace
from slocompiler.targets.prometheus import down, rulers, stencil
from slocompiler.targets.prometheus.alerts import add_alerts
from slocompiler.targets.prometheus.options import chosen
from slocompiler.targets.prometheus.recording import recording_groups
from slocompiler.targets.prometheus.rule import Group, Groups
from slocompiler.targets.prometheus.yaml import comment, groups_text
from slocompiler.targets.shared import Files, Options, header

PACKED = "slos"
"""The name of the file of all services, if groups are packed."""
RECORDING, ALERTING = ".recording", ".alerting"
"""What the names of the files have, if recording and alerting rules are split."""


def render_service(service: Service, options: Options) -> Files:
    """`<service>.rules.yaml`, or a file for each part of its rules; nothing if groups are packed."""
    if _limits(options) is not None:
        return
    for part, text in zip(_parts(options), _rules(service, service.slos, options), strict=True):
        if text or not part:
            yield _file(f"{service.name}{part}", comment(service.source), text, options)


def rules_of(slo: Slo, service: Service, options: Options) -> str:
    """The text of a file with the rules of one SLO, and those for the jobs of its service."""
    (rules,) = _rules(service, (slo,), options)
    return _file(service.name, comment(service.source), rules, options)[1]


def _rules(service: Service, slos: Sequence[Slo], options: Options) -> list[str]:
    """The groups of the SLOs, and those of the jobs of the service, as text of each part of its files."""
    texts = [stencil.texts(stencil.RULES, _texts_of, slo, service, options) for slo in slos]
    if watching := down.group(service, options):
        texts.append(_texts(f"{service.name}: its jobs", [watching], options))
    return ["".join(own) for own in zip(*texts, strict=True)]


def render_shared(program: Program, options: Options) -> Files:
    """`slos.rules.yaml` with the rules of all services if groups are packed; else nothing."""
    if _limits(options) is not None:
        from slocompiler.targets.prometheus import packing  # few rulers have limits

        groups = packing.packed(_groups(program, options), _most(options)[0])
        yield _file(PACKED, "all services", groups_text("", groups), options)


def text_of(slo: Slo, service: Service, groups: Sequence[Group]) -> str:
    """The groups of an SLO as text of the file of its service."""
    return groups_text(_about(slo, service), groups)


def _texts_of(slo: Slo, service: Service, options: Options) -> tuple[str, ...]:
    return _texts(_about(slo, service), groups_of(slo, service, options), options)


def _texts(about: str, groups: Sequence[Group], options: Options) -> tuple[str, ...]:
    """The groups as text of each part of the files; "" for a part that has none of their rules."""
    parts = (_part(groups, part) for part in _parts(options))
    return tuple([groups_text(about, own) if own else "" for own in parts])


def _about(slo: Slo, service: Service) -> str:
    title = f" {comment(slo.title)}" if slo.title else ""
    used = f" for {comment(service.source)}" if slo.used_at else ""
    return f"{slo.id}{title}{' (draft)' if slo.draft else ''}, from {comment(slo.source)}{used}"


def _file(name: str, source: str, groups: str, options: Options) -> tuple[str, str]:
    path = f"{options.folder}{name}"
    file, own = f"{path}.rules.yaml", chosen(options)
    text = f"# {header(file, source)}\n{rulers.head(path, own)}groups:\n{groups}"
    return file, rulers.shaped(text, own)


def files_of(service: Service, options: Options) -> list[str]:
    """The paths of the files with the rules of a service."""
    name = PACKED if _limits(options) is not None else service.name
    return [f"{options.folder}{name}{part}.rules.yaml" for part in _parts(options)]


def _parts(options: Options) -> tuple[str, ...]:
    """What the names of the files of a service have before `.rules.yaml`, one for each of its files."""
    return (RECORDING, ALERTING) if chosen(options).files == "split" else ("",)


def _part(groups: Sequence[Group], part: str) -> Sequence[Group]:
    """The groups with those of their rules that belong into a file; without those that have none."""
    if not part:
        return groups
    found = [
        replace(group, rules=[r for r in group.rules if bool(r.annotations) == (part == ALERTING)]) for group in groups
    ]
    return [group for group in found if group.rules]


def loaded(options: Options) -> tuple[str, ...]:
    """What a ruler loads, as `docs/operate.md` says: `*.rules.yaml`, and every resource of a folder for the operator."""
    endings = ("yaml", "yml", "json") if chosen(options).ruler == "operator" else ("rules.yaml",)
    return tuple(f"{options.folder}*.{ending}" for ending in endings)


# Limits


def _limits(options: Options) -> Mapping[str, int] | None:
    own = chosen(options)
    return own.limits if own.ruler == "mimir" else None


def _groups(program: Program, options: Options) -> list[Group]:
    groups = [
        group for service in program.services for slo in service.slos for group in groups_of(slo, service, options)
    ]
    return groups + [group for service in program.services if (group := down.group(service, options))]


def _most(options: Options) -> tuple[int, int]:
    """The most rules in a group, and the most groups of a tenant; by default those of Mimir."""
    limits = _limits(options) or {}
    return limits.get("rules_per_group", 20), limits.get("groups_per_tenant", 70)


def unfit(program: Program, options: Options) -> list[str]:
    """Messages about limits of the ruler that the rules exceed; none without limits."""
    if _limits(options) is None:
        return []
    from slocompiler.targets.prometheus import packing

    rules, most = _most(options)
    groups = _groups(program, options)
    messages = [
        f"`{group.name}` has more than {rules} recording rules, which have to stand in one group: "
        "raise `rules_per_group`, here and in the ruler, or ask for fewer windows in its alerts"
        for group in groups
        if packing.too_large(group, rules)
    ]
    count = len(packing.packed(groups, rules))
    if count > most:
        where = f"the rules of `{options.folder.rstrip('/')}`" if options.folder else "the rules"
        messages.append(
            f"{where} need {count} groups, and `groups_per_tenant` allows {most}: "
            "raise it, here and in the ruler, or `rules_per_group`, or build for several tenants"
        )
    return messages


# Rules


def groups_of(slo: Slo, service: Service, options: Options) -> Groups:
    """All rules of an SLO, in its three groups."""
    groups = recording_groups(slo, service.owner, options)
    add_alerts(groups, slo, service, options)
    return groups
