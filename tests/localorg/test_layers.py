"""The layers of the local org: each imports only from those below it."""

import grimp

ROOT = "provision.localorg"
FLOORS = (
    {"server"},
    {"http"},
    {"login", "rest", "soap"},
    {"exchange", "seeding", "operate"},
    {"seed"},
    {"oauth", "soql"},
    {"domain"},
    {"store"},
    {"fault"},
    {"clock", "quirks", "yaml_model"},
)


def test_no_module_imports_from_a_higher_layer() -> None:
    floor_of = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
    graph = grimp.build_graph("provision", cache_dir=None)

    def room(module: str) -> str:
        return module.removeprefix(ROOT + ".").partition(".")[0]

    upward = {
        (importer, imported)
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if importer.startswith(ROOT + ".") and imported.startswith(ROOT + ".")
        if floor_of[room(importer)] > floor_of[room(imported)]
    }

    assert upward == set()
