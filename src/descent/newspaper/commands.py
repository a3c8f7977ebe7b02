"""The commands ``descent pages``: render pages, look at many of them, and try a network on a scan of your own."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageColor

from descent.newspaper import PageError, load_page, overlay, render_page

_TILE = (480, 690)
_COLUMNS = 4


def add_command(commands: Any) -> None:
    """Add ``pages`` and its own commands to a parser's commands."""
    pages = commands.add_parser(
        "pages",
        help="render newspaper pages, and try a network that finds separators on a scan",
        description="Front pages as of 1860 to 1930 with the place of every separator: draw them, look at them, and see how well a network does "
        "on a real scan. docs/newspaper.md says what counts as a separator.",
    )
    own = pages.add_subparsers(dest="pages_command", required=True, metavar="COMMAND")

    render = own.add_parser(
        "render",
        help="write rendered pages as img-NNN.jpg and img-NNN-gt.png",
        description="Write a page for each seed, the same one for the same seed: img-NNN.jpg, and its ground truth as img-NNN-gt.png.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  descent pages render 103 104 --folder pages",
    )
    render.add_argument("seeds", nargs="+", type=_seed, metavar="SEED", help="one page for each")
    render.add_argument(
        "--scale",
        type=_scale,
        default=0.5,
        metavar="FACTOR",
        help="1 is the size of a scan, about 3,200 x 4,600 pixels (default: 0.5)",
    )
    render.add_argument("--folder", type=Path, default=Path(), metavar="DIR", help="where to (default: here)")
    render.set_defaults(run=_render)

    sheet = own.add_parser(
        "sheet",
        help="draw many small pages on one picture",
        description="Draw small pages with consecutive seeds on one picture, to see what varies.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="examples:\n  descent pages sheet --number 6 --separators",
    )
    sheet.add_argument(
        "--first", type=_seed, default=0, metavar="SEED", help="of the first page (default: 0)"
    )
    sheet.add_argument("--number", type=int, default=12, metavar="N", help="how many pages (default: 12)")
    sheet.add_argument("--separators", action="store_true", help="show the ground truth in colour")
    sheet.add_argument(
        "--output",
        type=Path,
        default=Path("pages.png"),
        metavar="FILE",
        help="the picture (default: pages.png)",
    )
    sheet.set_defaults(run=_sheet)

    evaluate = own.add_parser(
        "evaluate",
        help="say how well a network finds the separators of a scan",
        description="Cut a page into patches of 15 x 15 pixels, let a network say which of them have a separator, print how often it is right, and "
        "draw what it finds over the page. Scans do best at about 1,600 x 2,300 pixels.",
        epilog="Without --model a network is trained on rendered pages first, which takes ten minutes; --save keeps it for the next scan.",
    )
    evaluate.add_argument(
        "--scan", type=Path, required=True, metavar="FILE", help="the page, such as img-001.jpg"
    )
    evaluate.add_argument(
        "--ground-truth",
        type=Path,
        metavar="FILE",
        help="its separators, darker than the rest (default: img-001-gt.png beside it)",
    )
    evaluate.add_argument(
        "--scale",
        type=_scale,
        default=1.0,
        metavar="FACTOR",
        help="make the scan smaller before, 0.5 for half (default: 1)",
    )
    evaluate.add_argument(
        "--model",
        type=Path,
        metavar="FILE",
        help="a network saved by Keras; without it one is trained on rendered pages (ten minutes)",
    )
    evaluate.add_argument(
        "--save", type=Path, metavar="FILE", help="keep the network that was trained in this file (.keras)"
    )
    evaluate.add_argument(
        "--pages", type=int, default=60, metavar="N", help="rendered pages to train it on (default: 60)"
    )
    evaluate.add_argument(
        "--epochs", type=int, default=6, metavar="N", help="epochs to train it for (default: 6)"
    )
    evaluate.add_argument(
        "--overlay",
        type=Path,
        metavar="FILE",
        help="the picture to draw (default: <scan>-found.png in this folder)",
    )
    evaluate.set_defaults(run=_evaluate)


def _render(options: argparse.Namespace) -> int:
    options.folder.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        scan, truth = render_page(seed, options.scale)
        path = options.folder / f"img-{seed:03d}.jpg"
        Image.fromarray(scan).save(path, quality=85)
        # Two labels take one bit a pixel.
        Image.fromarray(truth == 255).save(options.folder / f"img-{seed:03d}-gt.png", optimize=True)
        print(f"{path}: {scan.shape[1]} x {scan.shape[0]}, {np.mean(truth == 0):.1%} separators")
    return 0


def _sheet(options: argparse.Namespace) -> int:
    from descent.plots import COLORS

    if options.number < 1:
        raise PageError(f"A sheet has at least one page, not {options.number}.")
    rows = -(-options.number // _COLUMNS)
    sheet = Image.new("RGB", (_COLUMNS * _TILE[0], rows * _TILE[1]), "white")
    for place in range(options.number):
        scan, truth = render_page(options.first + place, 0.5)
        picture = np.repeat(scan[:, :, None], 3, axis=2)
        if options.separators:
            picture[truth == 0] = ImageColor.getrgb(COLORS["red"])
        tile = Image.fromarray(picture)
        tile.thumbnail((_TILE[0] - 6, _TILE[1] - 6), Image.Resampling.BOX)
        sheet.paste(tile, (place % _COLUMNS * _TILE[0], place // _COLUMNS * _TILE[1]))
    sheet.save(options.output)
    print(f"{options.output}: the pages of seeds {options.first} to {options.first + options.number - 1}")
    return 0


def _evaluate(options: argparse.Namespace) -> int:
    try:
        from descent.newspaper import detector
    except ImportError:
        raise PageError(
            "The detector is not part of the students' kit: run this where the course is made."
        ) from None

    scan, truth = load_page(options.scan, options.ground_truth)
    if options.scale != 1:
        scan, truth = detector.scaled(scan, truth, options.scale)
    if options.model is not None:
        model = detector.load_detector(options.model)
    else:
        print(
            f"Training on {options.pages} rendered pages: this takes minutes; --save keeps the network for --model."
        )
        model = detector.train_detector(options.pages, options.epochs)
        if options.save is not None:
            model.save(options.save)
    result, found = detector.evaluate(model, scan, truth)
    output = options.overlay or Path(f"{options.scan.stem}-found.png")
    Image.fromarray(overlay(scan, truth, found)).save(output)
    print(
        f"{options.scan.name}: {result.number:,} patches, {result.true_positives + result.false_negatives:,} of them with a separator\n"
        f"  balanced accuracy {result.balanced_accuracy:.3f}   accuracy {result.accuracy:.3f}\n"
        f"  precision {result.precision:.3f}   recall {result.recall:.3f}\n"
        f"  {output}: found in green, missed in red, false alarms in blue"
    )
    return 0


def _seed(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("a seed is 0 or above")
    return number


def _scale(text: str) -> float:
    number = float(text)
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError("a scale is above 0 and at most 1")
    return number
