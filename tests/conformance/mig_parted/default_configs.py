"""The configs that operators know by name (all-1g.10gb, all-balanced, ...), from the facts about
them: profile, how many, and for which boards. Names and numbers as in the default configuration of
nvidia-mig-parted v0.15.0; the file itself is written here.
"""

ONE_OF_80GB = ("0x233010DE 0x233110DE 0x232210DE 0x20B210DE 0x20B510DE 0x20F310DE 0x20F510DE "
               "0x232410DE").split()
ONE_OF_40GB = "0x20B010DE 0x20B110DE 0x20F110DE 0x20F610DE".split()

# "memory[attributes] count" by slices; attributes as they stand in config names
PROFILES = {
    "1g": "5gb 7|5gb.me 1|6gb 4|6gb.me 1|10gb.me 1|12gb 7|12gb.me 1|18gb 7|18gb.me 1|20gb 4|"
          "23gb 7|23gb.me 1|24gb 4|24gb.me 1|24gb.gfx 4|24gb.me.all 1|24gb-me 4|34gb 7|34gb.me 1|"
          "35gb.me 1|36gb 4|45gb 4|47gb 4|67gb 4|70gb 4",
    "2g": "10gb 3|12gb 2|12gb.me 1|20gb 3|24gb 3|35gb 3|36gb 3|45gb 3|47gb 3|48gb 2|48gb.gfx 2|"
          "48gb.me.all 1|48gb-me 2|67gb 3|70gb 3",
    "3g": "20gb 2|40gb 2|47gb 2|48gb 2|71gb 2|72gb 2|90gb 2|93gb 2|95gb 2|135gb 2|139gb 2",
    "4g": "20gb 1|24gb 1|40gb 1|47gb 1|48gb 1|71gb 1|72gb 1|90gb 1|93gb 1|95gb 1|96gb 1|"
          "96gb.gfx 1|135gb 1|139gb 1",
    "7g": "40gb 1|80gb 1|94gb 1|96gb 1|141gb 1|144gb 1|180gb 1|186gb 1|189gb 1|269gb 1|278gb 1",
}

# boards, memory of 1g, 2g, 3g (2x, 1x, 1x)
BALANCED = (
    (["0x294110DE"], 23, 47, 93),
    (["0x31C210DE"], 35, 70, 139),
    (["0x2BB510DE"], 24, 48, None),
    (["0x290110DE"], 23, 45, 90),
    (["0x318210DE"], 34, 67, 135),
    (["0x234810DE"], 18, 36, 72),
    (["0x233510DE", "0x233B10DE"], 18, 35, 71),
    (["0x232110DE", "0x233A10DE"], 12, 24, 47),
    (ONE_OF_80GB, 10, 20, 40),
    (ONE_OF_40GB, 5, 10, 20),
    (["0x20B710DE"], 6, 12, None),
    (["0x234210DE", "0x233D10DE", "0x20B610DE", "0x232910DE"], 12, 24, 48),
)
NAMES = 81


def entry(devices, boards=None):
    made = {"devices": "all", "mig-enabled": devices is not None}
    if devices is not None:
        made["mig-devices"] = devices
    if boards:
        made["device-filter"] = boards
    return made


def profile(slices, memory):
    """1g and 10gb.me: the profile 1g.10gb+me"""
    size, dot, attributes = memory.partition(".")
    return f"{slices}.{size}{'+' if dot else ''}{attributes}"


def balanced(boards, one, two, three):
    devices = {f"1g.{one}gb": 2, f"2g.{two}gb": 1}
    if three:
        devices[f"3g.{three}gb"] = 1
    return entry(devices, boards)


def specification():
    configs = {
        "all-disabled": [entry(None)],
        "all-enabled": [entry({})],
        "all-1g.10gb": [entry({"1g.10gb": 7}, ONE_OF_80GB), entry({"1g.10gb": 4}, ONE_OF_40GB)],
        "all-1g.35gb": [entry({"1g.35gb": 4}, ["0x233510DE"]),
                        entry({"1g.35gb": 7}, ["0x31C210DE"])],
        "all-balanced": [balanced(*row) for row in BALANCED],
    }
    for slices, rows in PROFILES.items():
        for memory, count in (row.split() for row in rows.split("|")):
            configs[f"all-{slices}.{memory}"] = [entry({profile(slices, memory): int(count)})]
    assert len(configs) == NAMES, len(configs)
    return {"version": "v1", "mig-configs": configs}
