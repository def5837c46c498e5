"""What the boards of the walk can be cut into: the facts the model (model.py) is built from.

Written down a second time, apart from the product files that the simulated node is generated from,
so that a slip in either shows. Units are memory units of the placement axis; memory is NVML's MiB.
Source: `nvidia-smi mig -lgip`, `-lgipp` and `-lcip` as recorded on these boards, and NVIDIA's MIG
User Guide; `-` is a number nobody has recorded, which is then not compared.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """One GPU instance profile; sm..ofa and memory are None where unknown."""

    name: str
    id: int  # what Create, Placements, Capacity and GetGpuInstances take
    enum: int  # what GetGpuInstanceProfileInfo takes
    slices: int
    size: int  # memory units
    starts: tuple
    max: int
    memory: object
    sm: object
    ce: object
    dec: object
    enc: object
    jpg: object
    ofa: object

    @property
    def media(self):
        for attribute in ("+me.all", "+me", "-me"):
            if self.name.endswith(attribute):
                return attribute
        return ""

    @property
    def graphics(self):
        return self.name.endswith("+gfx")

    @property
    def double_memory(self):  # 1g with the memory of a 2g, on 7-slice boards
        return self.enum == 9


@dataclass(frozen=True)
class Board:
    product: str
    name: str
    architecture: str
    units: int
    slices: int
    profiles: tuple

    def by_id(self, profile_id):
        return next((p for p in self.profiles if p.id == profile_id), None)

    def by_enum(self, enum):
        return next((p for p in self.profiles if p.enum == enum), None)


# name id enum slices size starts max MiB sm ce dec enc jpg ofa
_TABLES = {
    ("a100-40gb", "NVIDIA A100-SXM4-40GB", "ampere", 8, 7): """
1g.5gb     19 0 1 1 0,1,2,3,4,5,6 7  4864  14 1 0 0 0 0
1g.5gb+me  20 7 1 1 0,1,2,3,4,5,6 1  4864  14 1 1 0 1 1
1g.10gb    15 9 1 2 0,2,4,6       4  9856  14 1 1 0 0 0
2g.10gb    14 1 2 2 0,2,4         3  9856  28 2 1 0 0 0
3g.20gb     9 2 3 4 0,4           2 19968  42 3 2 0 0 0
4g.20gb     5 3 4 4 0             1 19968  56 4 2 0 0 0
7g.40gb     0 4 7 8 0             1 40192  98 7 5 0 1 1
""",
    ("a100-80gb", "NVIDIA A100-SXM4-80GB", "ampere", 8, 7): """
1g.10gb    19 0 1 1 0,1,2,3,4,5,6 7  9728  14 1 0 0 0 0
1g.10gb+me 20 7 1 1 0,1,2,3,4,5,6 1  9728  14 1 1 0 1 1
1g.20gb    15 9 1 2 0,2,4,6       4 19968  14 1 1 0 0 0
2g.20gb    14 1 2 2 0,2,4         3 19968  28 2 1 0 0 0
3g.40gb     9 2 3 4 0,4           2 40192  42 3 2 0 0 0
4g.40gb     5 3 4 4 0             1 40192  56 4 2 0 0 0
7g.80gb     0 4 7 8 0             1 80640  98 7 5 0 1 1
""",
    ("a30-24gb", "NVIDIA A30", "ampere", 4, 4): """
1g.6gb     14 0 1 1 0,1,2,3       4  5952  14 1 1 0 0 0
1g.6gb+me  21 7 1 1 0,1,2,3       1  5952  14 1 1 0 1 1
2g.12gb     5 1 2 2 0,2           2 11968  28 2 2 0 0 0
2g.12gb+me  6 8 2 2 0,2           1 11968  28 2 2 0 1 1
4g.24gb     0 3 4 4 0             1 24000  56 4 4 0 1 1
""",
    ("h100-sxm5-80gb", "NVIDIA H100 80GB HBM3", "hopper", 8, 7): """
1g.10gb    19 0 1 1 0,1,2,3,4,5,6 7  9984  16 1 1 0 1 0
1g.10gb+me 20 7 1 1 0,1,2,3,4,5,6 1  9984  16 1 1 0 1 1
1g.20gb    15 9 1 2 0,2,4,6       4 20096  26 1 1 0 1 0
2g.20gb    14 1 2 2 0,2,4         3 20096  32 2 2 0 2 0
3g.40gb     9 2 3 4 0,4           2 40448  60 3 3 0 3 0
4g.40gb     5 3 4 4 0             1 40448  64 4 4 0 4 0
7g.80gb     0 4 7 8 0             1 81152 132 8 7 0 7 1
""",
    ("h200-141gb", "NVIDIA H200", "hopper", 8, 7): """
1g.18gb    19 0 1 1 0,1,2,3,4,5,6 7 16384  16 1 1 0 1 0
1g.18gb+me 20 7 1 1 0,1,2,3,4,5,6 1 16384  16 1 1 0 1 1
1g.35gb    15 9 1 2 0,2,4,6       4 33024  26 1 1 0 1 0
2g.35gb    14 1 2 2 0,2,4         3 33024  32 2 2 0 2 0
3g.71gb     9 2 3 4 0,4           2 71168  60 3 3 0 3 0
4g.71gb     5 3 4 4 0             1 71168  64 4 4 0 4 0
7g.141gb    0 4 7 8 0             1 143104 132 8 7 0 7 1
""",
    ("b200-180gb", "NVIDIA B200", "blackwell", 8, 7): """
1g.23gb    19 0 1 1 0,1,2,3,4,5,6 7 22528  18 2 1 0 1 0
1g.23gb+me 20 7 1 1 0,1,2,3,4,5,6 1 22528  18 2 1 0 1 1
1g.45gb    15 9 1 2 0,2,4,6       4 45312  30 2 1 0 1 0
2g.45gb    14 1 2 2 0,2,4         3 45312  36 4 2 0 2 0
3g.90gb     9 2 3 4 0,4           2 -       - 6 - 0 - 0
4g.90gb     5 3 4 4 0             1 -       - 8 - 0 - 0
7g.180gb    0 4 7 8 0             1 -       - 16 - 0 - 1
""",
    ("rtx-pro-6000-blackwell-96gb", "NVIDIA RTX PRO 6000 Blackwell Server Edition", "blackwell",
     12, 4): """
1g.24gb        14  0 1  3 0,3,6,9 4 24192  46 1 1 1 1 0
1g.24gb+me     21  7 1  3 0,3,6,9 1 24192  46 1 1 1 1 1
1g.24gb+gfx    47 10 1  3 0,3,6,9 4 24192  46 1 1 1 1 0
1g.24gb+me.all 65 15 1  3 0,3,6,9 1 24192  46 1 4 4 4 1
1g.24gb-me     67 13 1  3 0,3,6,9 4 24192  46 1 0 0 0 0
2g.48gb         5  1 2  6 0,6     2 48512  94 2 2 2 2 0
2g.48gb+gfx    35 11 2  6 0,6     2 48512  94 2 2 2 2 0
2g.48gb+me.all 64 16 2  6 0,6     1 48512  94 2 4 4 4 1
2g.48gb-me     66 14 2  6 0,6     2 48512  94 2 0 0 0 0
4g.96gb         0  3 4 12 0       1 97408 188 4 4 4 4 1
4g.96gb+gfx    32 12 4 12 0       1 97408 188 4 4 4 4 1
""",
}


def _profile(line):
    cells = line.split()
    numbers = [None if cell == "-" else int(cell) for cell in cells[6:]]
    starts = tuple(int(start) for start in cells[5].split(","))
    return Profile(cells[0], *(int(cell) for cell in cells[1:5]), starts, *numbers)


BOARDS = {
    head[0]: Board(*head, tuple(_profile(line) for line in table.strip().splitlines()))
    for head, table in _TABLES.items()
}


@dataclass(frozen=True)
class ComputeProfile:
    """One compute instance profile inside a GPU instance; starts None: nobody has recorded them."""

    id: int  # also its NVML enum
    slices: int
    starts: object
    max: object
    default: bool


_ENUM_BY_SLICES = {1: 0, 2: 1, 3: 2, 4: 3, 7: 4}
_DOUBLE_MEMORY_ENUM = 7  # 1_SLICE_REV1: the 26 SMs of Hopper's 1g.20gb


def compute_profiles(board, gpu_instance):
    """The recorded compute profiles of a GPU instance. 4g.96gb's partial ones are not recorded."""
    slices = gpu_instance.slices
    if gpu_instance.double_memory and board.architecture != "ampere":
        return (ComputeProfile(_DOUBLE_MEMORY_ENUM, 1, (0,), 1, True),)
    rows = []
    for width in (1, 2, 3, 4):
        if width >= slices or (width == 3 and slices != 7):
            continue
        if board.units == 12 and slices == 4:
            continue
        rows.append(ComputeProfile(_ENUM_BY_SLICES[width], width, _starts(board, slices, width),
                                   slices // width, False))
    rows.append(ComputeProfile(_ENUM_BY_SLICES[slices], slices, (0,), 1, True))
    return tuple(rows)


def _starts(board, slices, width):
    if slices == 7:
        return None
    if width == 1:
        return tuple(range(slices))
    # Two slices: every start on Ampere's 7-slice boards; aligned to two elsewhere.
    step = 1 if board.architecture == "ampere" and board.units == 8 else 2
    return tuple(range(0, slices - width + 1, step))
