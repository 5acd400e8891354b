"""Files of a landscape: the table of points as CSV or Parquet, pictures, the certificate."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from algebra.errors import InputError
from proofs.landscape import Landscape
from proofs.landscape_plots import draw_landscape


def write_table(landscape: Landscape, path: str | Path) -> Path:
    """Write one row per point, with the columns of `Landscape.rows`.

    The suffix chooses the format: .csv, or .parquet (extra `tables`). Floats are written with all
    their digits.

    Raises
    ------
    InputError
        Another suffix, or pandas or pyarrow is missing for Parquet.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix == ".csv":
        names, rows = landscape.rows()
        with target.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(names)
            writer.writerows([repr(v) if isinstance(v, float) else v for v in r] for r in rows)
        return target
    if suffix == ".parquet":
        try:
            landscape.to_dataframe().to_parquet(target)
        except ImportError:
            raise InputError(
                "Parquet needs pyarrow: install critnet[tables], or write a .csv file"
            ) from None
        return target
    raise InputError(f"{target.name}: expected a name that ends in .csv or .parquet")


def write_landscape(landscape: Landscape, folder: str | Path) -> list[Path]:
    """Write points.csv, certificate.json and, where there are points, landscape.svg."""
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = [write_table(landscape, place / "points.csv")]
    certificate = place / "certificate.json"
    certificate.write_text(json.dumps(landscape.certificate, indent=1) + "\n", encoding="utf-8")
    written.append(certificate)
    if landscape.points:
        written.append(draw_landscape(landscape, place / "landscape.svg"))
    return written
