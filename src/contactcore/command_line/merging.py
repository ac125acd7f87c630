"""The commands `merge` and `unmerge`: several contacts become one, and several again."""

from __future__ import annotations

from typing import Any

import click

from contactcore.command_line.frame import DONE, Opener, open_workspace, print_json, printable, workspace_options
from contactcore.errors import Invalid
from contactcore.formats.plain import to_plain
from contactcore.workspace.merging.plan import MergePlan

__all__ = ["merge_command", "unmerge_command"]


def merge_command(opener: Opener) -> click.Command:
    """Build `contactcore merge`."""

    @click.command("merge", help="Merge the contacts LOSERS into the contact WINNER. Run it again to resume.")
    @click.argument("winner")
    @click.argument("losers", nargs=-1, required=True)
    @click.option("--rule", "rules", multiple=True, metavar="FIELD=RULE", help="The rule of a field; may be repeated.")
    @click.option("--rights", type=click.Choice(["strict", "union"]), default="strict", show_default=True)
    @click.option("--widen", is_flag=True, help="Let users see more than before.")
    @click.option("--dry-run", is_flag=True, help="Show what would happen, and change nothing.")
    @workspace_options
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def command(
        winner: str,
        losers: tuple[str, ...],
        rules: tuple[str, ...],
        rights: str,
        widen: bool,
        dry_run: bool,
        db: str,
        workspace: str,
        user: str | None,
        as_json: bool,
    ) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            merging = opened.merging(actor)
            plan = merging.plan(winner, losers, rules=_rules(rules), rights=rights)
            if dry_run:
                _show(plan, as_json=as_json)
                return DONE
            merged = merging.apply(plan, widen=widen)
        if as_json:
            print_json(to_plain(merged))
        else:
            click.echo(f"merged {', '.join(merged.loser_ids)} into {merged.winner_id}; undo: unmerge {merged.id}")
        return DONE

    return command


def unmerge_command(opener: Opener) -> click.Command:
    """Build `contactcore unmerge`."""

    @click.command("unmerge", help="Undo the merge with this ID. Run it again to resume.")
    @click.argument("id")
    @workspace_options
    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
    def command(id: str, db: str, workspace: str, user: str | None, as_json: bool) -> int:
        with open_workspace(opener(db), workspace, user) as (opened, actor):
            merged = opened.merging(actor).undo(id)
        if as_json:
            print_json(to_plain(merged))
        else:
            click.echo(f"took {', '.join(merged.loser_ids)} out of {merged.winner_id}")
        return DONE

    return command


def _rules(given: tuple[str, ...]) -> dict[str, str]:
    rules: dict[str, str] = {}
    for text in given:
        field, separator, rule = text.partition("=")
        if not separator:
            raise Invalid("merge-rule-unknown", "Write a rule as FIELD=RULE, such as name=newest.", path="--rule")
        rules[field] = rule
    return rules


def _show(plan: MergePlan, *, as_json: bool) -> None:
    if as_json:
        print_json(to_plain(plan))
        return
    for one in plan.differences:
        click.echo(f"{one.field}: {printable(_text(one.result))} ({one.rule})")
    for kind, number in plan.moved.items():
        click.echo(f"moves: {number} {kind}")
    for name in plan.joined:
        click.echo(f"acts once: {printable(name)}")
    for more in plan.widened:
        click.echo(f"sees more ({printable(more.name)}): {', '.join(more.viewers)}")


def _text(value: Any) -> str:
    plain = to_plain(value)
    if isinstance(plain, list):
        return ", ".join(_text(one) for one in plain if one)
    if isinstance(plain, dict):
        return " ".join(_text(one) for one in plain.values())
    return str(plain)
