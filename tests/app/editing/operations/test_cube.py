"""Colour tables: what is read, what is refused, what is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.editing.operations.cube import Cube, read_cube
from configs.errors import BadMedia

SAME = "LUT_3D_SIZE 2\n" + "\n".join(f"{r} {g} {b}" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "film look.cube"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_rows_in_order_red_quickest(tmp_path: Path) -> None:
    table = read_cube(written(tmp_path, '\ufeffTITLE "a"\n\n# c\n' + SAME + "\n"))
    assert (table.size, table.flat) == (2, False)
    assert table.rows[1] == (1, 0, 0)
    assert [table.unchanged(number) for number in range(8)] == list(table.rows)


def test_a_domain_and_a_flat_table(tmp_path: Path) -> None:
    table = read_cube(written(tmp_path, "LUT_1D_SIZE 3\nDOMAIN_MIN -1 0 0\nDOMAIN_MAX 3 1 2\n0 0 0\n.5 .5 .5\n1 1 1\n"))
    assert table.flat
    assert table.unchanged(1) == (1, 0.5, 1)
    other = read_cube(written(tmp_path, "LUT_1D_SIZE 2\nLUT_1D_INPUT_RANGE 0 4\n0 0 0\n1 1 1\n"))
    assert other.high == (4, 4, 4)


def test_mixing_with_no_change(tmp_path: Path) -> None:
    table = Cube(2, True, ((1, 1, 1), (0, 0, 0)))
    assert table.mixed(1) is table
    assert table.mixed(0.25).rows == ((0.25, 0.25, 0.25), (0.75, 0.75, 0.75))
    again = read_cube(written(tmp_path, table.mixed(0.25).text()))
    assert again.rows == table.mixed(0.25).rows


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no size"),
        ("LUT_3D_SIZE 1\n0 0 0\n", "names no size"),
        ("LUT_3D_SIZE 999\n", "names no size"),
        ("LUT_3D_SIZE two\n", "names no size"),
        ("LUT_3D_SIZE 2\n0 0 0\n", "1 rows of colours; a table of size 2 has 8"),
        ("LUT_1D_SIZE 2\n0 0 0\n0 0\n", "Line 3 of film look.cube is not three numbers"),
        ("LUT_1D_SIZE 2\n0 0 0\nnan 0 0\n", "Line 3"),
        ("LUT_1D_SIZE 2\nDOMAIN_MIN 1 1 1\nDOMAIN_MAX 1 1 1\n0 0 0\n1 1 1\n", "domain that is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x01", "Line 1"),
    ],
)
def test_what_is_refused_in_one_sentence(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(BadMedia, match=said) as caught:
        read_cube(written(tmp_path, text))
    assert caught.value.remedy


def test_a_file_that_has_gone(tmp_path: Path) -> None:
    with pytest.raises(BadMedia, match="cannot be read"):
        read_cube(tmp_path / "none.cube")
