"""MYC02xx: files, imports and packages."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

FILE_EXPLANATIONS = (
    Explanation(
        Code.UNREADABLE_FILE,
        "a file that cannot be read",
        "The file is not there, is not a file, may not be read, or is a link that leads back to itself.",
        "Check the path and the permissions.",
    ),
    Explanation(
        Code.NOT_UTF8,
        "a file that is not UTF-8",
        "Schemas are UTF-8, with or without a byte order mark.",
        "Save the file as UTF-8.",
    ),
    Explanation(
        Code.FILE_TOO_LARGE,
        "a file that is too large",
        "A schema file has at most 4 MiB.",
        "Split it: a package may be many files.",
    ),
    Explanation(
        Code.NO_SCHEMA_FILES,
        "no schemas",
        "There is no .myc file below the folder that was given. Folders whose names start with a dot are passed over.",
        "Give the folder that holds the schemas.",
    ),
    Explanation(
        Code.OUTSIDE_ROOT,
        "a path that leaves the schema root",
        "Imports are relative to the schema root and stay below it, links followed: a schema set can be moved whole.",
        "Move the file below the root, or choose a root above both.",
        'import "../shared/types.myc";\n\nmessage Order = 1000 { }',
        'import "trading/types.myc";\n\nmessage Order = 1000 { }',
    ),
    Explanation(
        Code.IMPORT_NOT_FOUND,
        "an import of a file that is not there",
        "Imports are relative to the schema root, not to the file they stand in.",
        "Write the path from the root.",
        'import "types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
        'import "trading/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
    ),
    Explanation(
        Code.IMPORT_CYCLE,
        "imports in a circle",
        "A file imports, directly or through others, a file that imports it.",
        "Move what both need into a file of its own, or both into one. Files of one package see each other without "
        "imports.",
        '// file: a.myc\npackage acme;\nimport "b.myc";\n// file: b.myc\npackage acme;\nimport "a.myc";',
        "// file: a.myc\npackage acme;\n// file: b.myc\npackage acme;",
    ),
    Explanation(
        Code.REPEATED_IMPORT,
        "an import written twice",
        "One import of a file is enough.",
        "Remove the second.",
        'import "trading/types.myc";\nimport "trading/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
        'import "trading/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
    ),
    Explanation(
        Code.SELF_IMPORT,
        "a file that imports itself",
        "A file sees all its own declarations.",
        "Remove the import.",
        '// file: orders.myc\npackage trading.orders;\nimport "orders.myc";',
        "// file: orders.myc\npackage trading.orders;",
    ),
    Explanation(
        Code.BAD_IMPORT_PATH,
        "not an import path",
        "An import path is relative to the schema root, uses `/`, has no `.` parts, and ends in .myc.",
        "Write it like this: `trading/types.myc`.",
        'import "./trading/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
        'import "trading/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
    ),
    Explanation(
        Code.PACKAGE_CYCLE,
        "packages that need each other",
        "A package uses types of another, which uses types of the first. Python and OCaml modules cannot do that.",
        "Move what both need into a package of its own, or make them one package.",
        '// file: a.myc\npackage alpha;\nimport "b1.myc";\nmessage A { 1 b: beta.B; }\n'
        "// file: a2.myc\npackage alpha;\nstruct Size { bytes: u32; }\n"
        "// file: b1.myc\npackage beta;\nmessage B { }\n"
        '// file: b2.myc\npackage beta;\nimport "a2.myc";\nmessage C { 1 size: alpha.Size; }',
        '// file: a.myc\npackage alpha;\nimport "b1.myc";\nmessage A { 1 b: beta.B; }\n'
        "// file: b1.myc\npackage beta;\nmessage B { }\n"
        '// file: b2.myc\npackage beta;\nimport "sizes.myc";\nmessage C { 1 size: sizes.Size; }\n'
        "// file: sizes.myc\npackage sizes;\nstruct Size { bytes: u32; }",
    ),
    Explanation(
        Code.SHADOWED_STANDARD_MODULE,
        "a package named like a standard module",
        "Generated code of package `json` would be the module `json`, and hide the one of the standard library.",
        "Put the package below a name of your own.",
        "package json.events;\n\nmessage Parsed = 1000 { }",
        "package acme.json.events;\n\nmessage Parsed = 1000 { }",
    ),
)
