"""`critnet network`: the gradient system itself, with its data."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape

from critnet.inputs import DataFiles, read_network
from critnet.options import common_options, data_options
from critnet.session import Session
from critnet.tables import heading, notes, table


@click.command("network")
@click.argument("architecture", metavar="ARCH")
@click.option(
    "--to",
    "target",
    metavar="FORMAT",
    help="Print the equations only, in this format: text, phcpack, msolve, bertini or json.",
)
@data_options
@common_options("network")
def command(session: Session, architecture: str, target: str | None, files: DataFiles) -> None:
    """Print the gradient system of the network ARCH, such as 2-2-2,m=2,seed=3, and its data."""
    network, data = read_network(architecture, files)
    system = network.gradient_system(data=data)
    written = None if target is None else system.to_text(target)

    def render(console: Console) -> None:
        if written is not None:
            click.echo(written.rstrip("\n"))
            return
        heading(
            console,
            f"network {network.name}",
            f"{network.weight_count} weights, {network.hidden_layers} hidden layers, m={network.m}",
        )
        rows = []
        entries = data.to_dict()
        for name, matrix in [
            ("X", entries["X"]),
            ("Y", entries["Y"]),
            *((f"Λ{i + 1}", block) for i, block in enumerate(entries["Lambda"])),
        ]:
            rows.append((name, escape("\n".join("  ".join(row) for row in matrix))))
        console.print(table("Data", ["matrix", "entries"], rows))
        notes(console, data.notes)
        console.print("\n[bold]Equations[/] (all = 0)")
        for equation in system.equations:
            console.print(str(equation), markup=False, soft_wrap=True)

    document = {
        "network": network.name,
        "widths": list(network.widths),
        "m": network.m,
        "N": network.weight_count,
        "data": data.to_dict(),
        "data_notes": list(data.notes),
        **system.to_dict(),
        "degrees": list(system.degrees),
        "sha256": system.digest,
    }
    if written is not None:
        document["text"] = written
    session.emit(document, render)
