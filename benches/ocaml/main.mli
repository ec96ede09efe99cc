(** The codec benchmark in OCaml: prints its results as JSON, which
    [python -m benches.codec ocaml] turns into tables.

    With an argument, the number of rounds. With
    [loop SUBJECT CONTESTANT COLUMN COUNT], runs one loop and nothing else, for a
    profiler. *)
